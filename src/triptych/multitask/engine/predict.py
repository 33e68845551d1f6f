"""Answers about any pictures, in the pictures' own pixels."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from jaxtyping import UInt8
from numpy import ndarray

from ...frame.drawing.annotate import ImageCanvas
from ...frame.storage import images
from ...frame.storage.images import Letterbox, letterbox
from ...frame.training.devices import resolve_device
from ..model.multitask_model import Model
from ..structures.annotations import Answer

Pixels = UInt8[ndarray, "_ _ _"]
Canvas = UInt8[ndarray, "canvas_height canvas_width canvas_channels"]
Invert = Literal["auto", "yes", "no"]
BATCH = 256  # pictures at a time


@dataclass(frozen=True)
class Prediction:
    """What each head says about one picture, in pixels of that picture as it stands upright."""

    name: str
    pixels: Pixels
    answers: dict[str, Answer]
    inverted: bool

    def json(self) -> dict[str, Any]:
        height, width = self.pixels.shape[:2]
        answers = {name: answer.json() for name, answer in self.answers.items()}
        return {"image": self.name, "width": width, "height": height, "answers": answers}


class Predictor:
    """A trained model, ready to look at pictures.

    Pictures are letterboxed to the size the model was trained on: shrunk or enlarged with their
    aspect kept, their border's colour around them. Where the model knows light ink on dark ground
    only, pictures with a light border are inverted first; `invert` "yes" or "no" settles it.
    """

    def __init__(self, model: Model, *, device: str = "auto", invert: Invert = "auto"):
        self.device = resolve_device(device)
        self.model = model.on(self.device).eval()
        self.invert = invert

    @classmethod
    def load(cls, run: str | Path, *, device: str = "auto", invert: Invert = "auto") -> "Predictor":
        """The predictor of a run. Raises RunError for anything but a finished one."""
        return cls(Model.load(Path(run)), device=device, invert=invert)

    def predict(self, picture: str | Path | Pixels) -> Prediction:
        """The answers about one picture: a file, or pixels (height, width, 1 or 3).

        Raises ImageError for a file that is no picture."""
        return self.predict_all([picture])[0]

    def predict_all(
        self, pictures: Sequence[str | Path | Pixels], *, names: Sequence[str] | None = None
    ) -> list[Prediction]:
        """The answers about many pictures, by the batch; `names` are those of pixels."""
        named = [self._opened(picture, number) for number, picture in enumerate(pictures)]
        if names:
            named = [(name, pixels) for name, (_, pixels) in zip(names, named)]
        found = []
        for start in range(0, len(named), BATCH):
            found += self._answered(named[start : start + BATCH])
        return found

    def draw(self, prediction: Prediction) -> Pixels:
        """The picture with the answers drawn on it."""
        picture = ImageCanvas(prediction.pixels)
        for name, answer in prediction.answers.items():
            self.model.heads[name].draw(picture, answer)
        return picture.pixels

    def _opened(self, picture: str | Path | Pixels, number: int) -> tuple[str, Pixels]:
        if isinstance(picture, ndarray):
            return f"picture {number}", picture
        return str(picture), images.read(picture)

    def _answered(self, named: Iterable[tuple[str, Pixels]]) -> list[Prediction]:
        named = list(named)
        inputs = [self._input(pixels) for _, pixels in named]
        stack = np.stack([canvas for canvas, _, _ in inputs])
        batch = torch.from_numpy(stack).to(self.device).permute(0, 3, 1, 2).float().div_(255)
        with torch.no_grad():
            outputs = self.model(batch)
        answers = {name: self.model.heads[name].decode(out) for name, out in outputs.items()}
        return [
            Prediction(
                name,
                pixels,
                {head: told[row].placed(placement) for head, told in answers.items()},
                inverted,
            )
            for row, ((name, pixels), (_, placement, inverted)) in enumerate(zip(named, inputs))
        ]

    def _input(self, pixels: Pixels) -> tuple[Canvas, Letterbox, bool]:
        """A picture as the model wants it: channels, ground and size."""
        card = self.model.card
        pixels = in_channels(pixels, card.channels)
        border = border_of(pixels)
        light = card.ground == "dark" and bool(border.mean() > 127)
        inverted = light if self.invert == "auto" else self.invert == "yes"
        if inverted:
            pixels, border = 255 - pixels, 255 - border
        fill = tuple(int(value) for value in border)
        canvas, placement = letterbox(pixels, card.height, card.width, fill=fill)
        return canvas, placement, inverted


def in_channels(pixels: Pixels, channels: int) -> Pixels:
    """Grey (ITU-R 601) or RGB, whichever `channels` asks for."""
    if pixels.shape[2] == channels:
        return pixels
    if channels == 1:
        grey = pixels[..., :3] @ np.array([0.299, 0.587, 0.114])
        return np.rint(grey).astype(np.uint8)[..., None]
    return pixels.repeat(3, 2) if pixels.shape[2] == 1 else pixels[..., :3]


def border_of(pixels: Pixels) -> UInt8[ndarray, " channels"]:
    """The median colour of the outermost pixels: what most likely goes on beyond them."""
    edges = [pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]
    return np.median(np.concatenate(edges), axis=0).astype(np.uint8)
