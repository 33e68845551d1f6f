"""Predictions for any images, in pixels of the images themselves."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from ...frame.drawing.annotate import ImageCanvas, Pen
from ...frame.drawing.colors import MUTED
from ...frame.drawing.text import LegendEntry, Marker
from ...frame.errors import ImageError
from ...frame.storage.decoding.decode import Ground
from ...frame.storage.images import ImageLike, as_image
from ...frame.storage.read_ahead import named_images, read_ahead, refuse_several
from ..preprocessing.prepare import Invert
from .model_inputs import ground_of, model_inputs
from .network import BATCH, Network
from .onnx_network import OnnxNetwork
from .plausibility import is_implausible
from .prediction import Pixels, Prediction
from .unread_files import check_readable

if TYPE_CHECKING:  # an exported file is read without PyTorch
    from ..model.multitask_model import MultitaskModel

FAINT = 0.5  # opacity of the lines of intervals
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
        model: "MultitaskModel | Network",
        *,
        device: str = "auto",
        invert: Invert = "auto",
        flip_average: bool = False,
    ):
        """
        Parameters:
            model: is copied to the device, with its norms folded into its convolutions; or a
                network that is ready, which the device and the averaging do not change.
            device: "auto", "cpu", "cuda" …
            invert: "yes" or "no" where the border is not to decide.
            flip_average: whether outputs are averaged over each image and its mirror.
        """
        self.network: Network = (
            model if isinstance(model, Network) else _torch_network(model, device, flip_average)
        )
        self.invert: Invert = invert

    @classmethod
    def load(
        cls,
        run: str | Path,
        *,
        device: str = "auto",
        invert: Invert = "auto",
        flip_average: bool = False,
    ) -> "Predictor":
        """The predictor of a finished run, or of a file that `triptych export` made of one.

        Parameters:
            run: its folder; or an .onnx file, which needs onnxruntime and no PyTorch.
            device: "auto", "cpu", "cuda" …; of a file "auto" or "cpu".
            invert: "yes" or "no" where the border of an image is not to decide.
            flip_average: whether outputs are averaged over each image and its mirror; wrong for
                things that are others in a mirror, such as letters.

        Raises RunError for a folder without a finished run, DataError for a file of another kind,
        ConfigError for what a file cannot do.
        """
        path = Path(run)
        check_readable(path)
        if OnnxNetwork.reads(path):
            network = OnnxNetwork.load(path, device=device, flip_average=flip_average)
            return cls(network, invert=invert)
        return cls(_run_model(path), device=device, invert=invert, flip_average=flip_average)

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
        load = partial(_load_image, ground=ground_of(self.network.info))
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

    def draw(self, prediction: Prediction, *, intervals: bool = False) -> Pixels:
        """The image with its annotations drawn on it, as RGB, each head in its color.

        Parameters:
            prediction: of this model.
            intervals: whether the outer and the inner shapes are drawn too, in faint lines.

        Where several things were found, what has no place in the image, such as the class of each,
        is written above the thing it is about. That nothing was found is written below the image.
        """
        canvas, colors = ImageCanvas(prediction.pixels), self.network.colors
        several = len(prediction.objects) > 1
        for between in prediction.intervals if intervals else ():
            for name, interval in between.items():
                canvas.pen = Pen(colors[name], name=name, opacity=FAINT)
                for shape in filter(None, (interval.outer, interval.inner)):
                    self.network.draw(canvas, name, shape)
        for annotations in prediction.objects:
            corners = [annotation.corner() for annotation in annotations.values()]
            place = next((corner for corner in corners if corner), None) if several else None
            for name, annotation in annotations.items():
                canvas.pen = Pen(colors[name], name=name, place=place)
                self.network.draw(canvas, name, annotation)
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
        inputs = [model_inputs(pixels, self.network.info, self.invert) for _, pixels in named]
        answers = self.network.annotate([one for several in inputs for one in several])
        info = self.network.info
        predictions = []
        for (name, pixels), several in zip(named, inputs):
            rows = list(islice(answers, len(several)))
            limit = OTHER_HANDS if info.input == "ink" else 1.0
            strange = [is_implausible(row.annotations, row.novelty, limit) for row in rows]
            left_out = strange if info.input == "ink" else [False] * len(rows)
            if sum(left_out) > len(rows) / 2:  # the image shows something else than writing
                left_out = [True] * len(rows)
            kept = [row for row, out in zip(rows, left_out) if not out]
            unfamiliar = sum(strange) > len(rows) / 2
            doubts = [row.uncertainty for row in kept if row.uncertainty is not None]
            prediction = Prediction(
                name,
                pixels,
                tuple(row.annotations for row in kept),
                inverted=any(one.inverted for one in several),
                unfamiliar=unfamiliar,
                uncertainty=1.0 if unfamiliar else max(doubts, default=None),
                novelty=max((row.novelty for row in rows), default=0.0),
                intervals=tuple(row.intervals for row in kept),
            )
            predictions.append(prediction)
        return predictions


def _run_model(folder: Path) -> "MultitaskModel":
    from ..model.multitask_model import MultitaskModel

    return MultitaskModel.load(folder)


def _torch_network(model: "MultitaskModel", device: str, flip_average: bool) -> Network:
    from .torch_network import TorchNetwork

    return TorchNetwork(model, device=device, flip_average=flip_average)


def _load_image(named: tuple[str, ImageLike], ground: Ground) -> tuple[str, Pixels | ImageError]:
    name, image = named
    try:
        return name, as_image(image, name=name, ground=ground)
    except ImageError as error:
        return name, error
