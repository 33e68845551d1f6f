"""Predictions for any images, in pixels of the images themselves."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import deepcopy
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
import torch

from ...backbones._fusion import fuse_norms_
from ...frame.drawing.annotate import ImageCanvas, Pen
from ...frame.drawing.colors import MUTED
from ...frame.drawing.text import LegendEntry, Marker
from ...frame.errors import ImageError
from ...frame.storage.decoding.decode import Ground
from ...frame.storage.images import ImageLike, as_image
from ...frame.storage.read_ahead import named_images, read_ahead, refuse_several
from ...frame.training.devices import resolve_device
from ..heads._colors import head_colors
from ..model.multitask_model import MultitaskModel
from ..preprocessing.prepare import Invert, ModelInput, prepare_ink
from ..preprocessing.whole_image import border_color, convert_channels, fit_whole
from ..structures.annotations import Annotation
from ..structures.uncertainty import uncertainty_of
from .plausibility import is_implausible
from .prediction import Pixels, Prediction

BATCH = 64  # images at a time, at most
INPUT_PIXELS = 2**20  # that a network is shown at a time: more is slower, for caches are small
OTHER_HANDS = 1.1  # of novelty: pens and hands that nobody trained on reach it
BATCH_PIXELS = 2**25  # of the images of a batch, which are held in memory until it is done


class Predictor:
    """A trained model, ready to predict.

    Images are prepared as the model's `info.input` says. As a whole, an image is letterboxed to the
    size the model was trained on: scaled with its aspect kept, and padded in the color of its
    border; where the model knows bright things on a dark background only, images with a light
    border are inverted first. For a model of writing, each character in the image is found, and
    shown to the network as those it was trained on.
    """

    def __init__(
        self,
        model: MultitaskModel,
        *,
        device: str = "auto",
        invert: Invert = "auto",
        flip_average: bool = False,
    ):
        """
        Parameters:
            model: is copied to the device, with its norms folded into its convolutions.
            device: "auto", "cpu", "cuda" …
            invert: "yes" or "no" where the border is not to decide.
            flip_average: whether outputs are averaged over each image and its mirror.
        """
        self.device = resolve_device(device)
        self.model = deepcopy(model).to_device(self.device).eval()
        fuse_norms_(self.model)
        self.invert: Invert = invert
        self.flip_average = flip_average

    @classmethod
    def load(
        cls,
        run: str | Path,
        *,
        device: str = "auto",
        invert: Invert = "auto",
        flip_average: bool = False,
    ) -> "Predictor":
        """The predictor of a finished run.

        Parameters:
            run: its folder.
            device: "auto", "cpu", "cuda" …
            invert: "yes" or "no" where the border of an image is not to decide.
            flip_average: whether outputs are averaged over each image and its mirror; wrong for
                things that are others in a mirror, such as letters.

        Raises RunError for a folder without a finished run.
        """
        model = MultitaskModel.load(Path(run))
        return cls(model, device=device, invert=invert, flip_average=flip_average)

    def predict(self, image: ImageLike) -> Prediction:
        """The annotations of one image.

        Parameters:
            image: as `as_image` takes it: a file, its bytes, a PIL image, an array or a tensor;
                grey or RGB (not BGR), uint8 0 … 255 or floats 0 … 1.

        Raises ImageError for what is no image, or several.
        """
        refuse_several(image, "predict_all")
        return next(self.predict_batches([image]))

    def predict_all(
        self,
        images: Iterable[ImageLike] | ImageLike,
        *,
        names: Sequence[str] | None = None,
    ) -> list[Prediction]:
        """The annotations of many images, which are all held in memory.

        Parameters:
            images: a list or generator of what `predict` takes, or an array N×H×W, N×H×W×C or
                N×C×H×W.
            names: what the images are called in the predictions; files have their own.

        Raises ImageError for what is no image.
        """
        return list(self.predict_batches(images, names=names))

    def predict_batches(
        self,
        images: Iterable[ImageLike] | ImageLike,
        *,
        names: Sequence[str] | None = None,
        skip: Callable[[str, ImageError], None] | None = None,
    ) -> Iterator[Prediction]:
        """The annotations of each image, in order, made batch by batch as they are asked for.

        Images are read by threads a little ahead, so that thousands of photographs need no more
        memory than a batch of them.

        Parameters:
            images: as `predict_all` takes them.
            names: what the images are called in the predictions; files have their own.
            skip: told the name and the error of what is no image, which is then left out.

        Raises ImageError for what is no image, unless `skip` is given.
        """
        batch: list[tuple[str, Pixels]] = []
        ground: Ground = "contrast" if self.model.info.input == "ink" else "white"
        load = partial(_load_image, ground=ground)
        for name, image in read_ahead(load, named_images(images, names)):
            if isinstance(image, ImageError):
                if skip is None:
                    raise image
                skip(name, image)
                continue
            batch.append((name, image))
            pixels = sum(one.shape[0] * one.shape[1] for _, one in batch)
            if len(batch) == BATCH or pixels >= BATCH_PIXELS:
                yield from self._predict_batch(batch)
                batch = []
        if batch:
            yield from self._predict_batch(batch)

    def draw(self, prediction: Prediction) -> Pixels:
        """The image with its annotations drawn on it, as RGB, each head in its color.

        Where several things were found, what has no place in the image, such as the class of each,
        is written above the thing it is about. That nothing was found is written below the image.
        """
        canvas, heads = ImageCanvas(prediction.pixels), dict(self.model.heads)
        colors, several = head_colors(heads), len(prediction.objects) > 1
        for annotations in prediction.objects:
            corners = [annotation.corner() for annotation in annotations.values()]
            place = next((corner for corner in corners if corner), None) if several else None
            for name, annotation in annotations.items():
                canvas.pen = Pen(colors[name], name=name, place=place)
                heads[name].draw(canvas, annotation)
        placed: dict[str, Marker] = {
            name: "line" if annotation.corner() else "filled"
            for annotations in prediction.objects
            for name, annotation in annotations.items()
            if several or annotation.corner()
        }
        canvas.legend([LegendEntry(colors[name], name, mark) for name, mark in placed.items()])
        if not prediction.objects:
            canvas.legend([LegendEntry(MUTED, str(prediction), "cross")])
        return canvas.pixels

    def _predict_batch(self, named: Sequence[tuple[str, Pixels]]) -> list[Prediction]:
        inputs = [self._model_inputs(pixels) for _, pixels in named]
        annotated = self._annotate([one for several in inputs for one in several])
        info = self.model.info
        predictions = []
        for (name, pixels), several in zip(named, inputs):
            rows = list(islice(annotated, len(several)))
            limit = OTHER_HANDS if info.input == "ink" else 1.0
            strange = [is_implausible(one, novelty, limit) for one, novelty, _ in rows]
            left_out = strange if info.input == "ink" else [False] * len(rows)
            if sum(left_out) > len(rows) / 2:  # the image shows something else than writing
                left_out = [True] * len(rows)
            kept = [row for row, out in zip(rows, left_out) if not out]
            unfamiliar = sum(strange) > len(rows) / 2
            doubts = [doubt for *_, doubt in kept if doubt is not None]
            prediction = Prediction(
                name,
                pixels,
                tuple(one for one, *_ in kept),
                inverted=any(one.inverted for one in several),
                unfamiliar=unfamiliar,
                uncertainty=1.0 if unfamiliar else max(doubts, default=None),
                novelty=max((novelty for _, novelty, _ in rows), default=0.0),
            )
            predictions.append(prediction)
        return predictions

    def _annotate(
        self, inputs: Sequence[ModelInput]
    ) -> Iterator[tuple[dict[str, Annotation], float, float | None]]:
        """What each head says about each input, in pixels of the image it comes from; how unlike
        the input is to those the model learned; and how unsure the least sure head is."""
        at_once = self.model.info.images_within(INPUT_PIXELS, BATCH)
        for start in range(0, len(inputs), at_once):
            part = inputs[start : start + at_once]
            stack = np.stack([one.canvas for one in part])
            batch = torch.from_numpy(stack).to(self.device).permute(0, 3, 1, 2).float().div_(255)
            with torch.no_grad():
                outputs, novelty = self.model.forward_with_novelty(batch)
                if self.flip_average:
                    outputs = self.model.average_flipped(outputs, batch)
            decoded = {name: self.model.heads[name].decode(out) for name, out in outputs.items()}
            for row, (one, value) in enumerate(zip(part, novelty.tolist())):
                annotations = {
                    head: of_head[row].to_original(one.placement)
                    for head, of_head in decoded.items()
                }
                doubts = [uncertainty_of(of_head[row]) for of_head in decoded.values()]
                told = [doubt for doubt in doubts if doubt is not None]
                yield annotations, value, max(told, default=None)

    def _model_inputs(self, pixels: Pixels) -> Sequence[ModelInput]:
        """What the network is shown of an image: the whole of it, or each character written."""
        info = self.model.info
        pixels = convert_channels(pixels, info.channels)
        if info.input == "ink":
            return prepare_ink(pixels[..., 0], (info.height, info.width), invert=self.invert)
        light = info.background == "dark" and bool(border_color(pixels).mean() > 127)
        inverted = light if self.invert == "auto" else self.invert == "yes"
        pixels = 255 - pixels if inverted else pixels
        canvas, placement = fit_whole(pixels, info.height, info.width)
        return [ModelInput(canvas, placement, inverted)]


def _load_image(named: tuple[str, ImageLike], ground: Ground) -> tuple[str, Pixels | ImageError]:
    name, image = named
    try:
        return name, as_image(image, name=name, ground=ground)
    except ImageError as error:
        return name, error
