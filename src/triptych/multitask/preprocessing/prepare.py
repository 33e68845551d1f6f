"""From a photograph of writing to what a network that learned plain digits knows: white ink on
black, each character by itself in the middle of its canvas, and the way back."""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from jaxtyping import Float32, Integer, UInt8

from ...frame.storage.letterbox import Letterbox
from .components import find_writing
from .fitting import fit_character
from .leveling import find_ink
from .scaling import scaled

Invert = Literal["auto", "yes", "no"]

MAX_SIDE = 1024  # pixels: larger images are looked at in this size
MIN_SIDE = 112  # pixels: smaller ones are enlarged, so that strokes are some pixels wide
DARK = 30  # of 255: the outermost pixels of an image that is prepared already


@dataclass(frozen=True)
class CharacterPlacement(Letterbox):
    """Where the image lies in the canvas of one of its characters, most of it outside.

    Parameters:
        scale: canvas pixels per pixel of the original.
        left: the column of the canvas at which the image begins, as `top` the row; often negative.
        width: of the original in pixels, as is `height`.
    """

    def _interpolated(
        self, canvas: Float32[np.ndarray, "height width"]
    ) -> Float32[np.ndarray, "original_height original_width"]:
        return self._warp(canvas, cv2.INTER_LINEAR)

    def _nearest(
        self, canvas: Integer[np.ndarray, "height width"]
    ) -> Integer[np.ndarray, "original_height original_width"]:
        return self._warp(canvas.astype(np.float32), cv2.INTER_NEAREST).astype(canvas.dtype)

    @property
    def _stretch(self) -> Float32[np.ndarray, "2"]:
        return np.array([self.scale, self.scale], np.float32)

    def _warp(self, canvas: Float32[np.ndarray, "height width"], way: int) -> np.ndarray:
        # OpenCV counts from the centers of pixels
        half = (self.scale - 1) / 2
        matrix = np.array([[self.scale, 0, self.left + half], [0, self.scale, self.top + half]])
        return cv2.warpAffine(
            canvas, matrix, (self.width, self.height), flags=way | cv2.WARP_INVERSE_MAP
        )


@dataclass(frozen=True)
class ModelInput:
    """An image, or one character of it, as the network sees it.

    Parameters:
        canvas: of the network's size and channels, 0 … 255.
        placement: where the image lies in it.
        inverted: whether dark and light were exchanged.
    """

    canvas: UInt8[np.ndarray, "height width channels"]
    placement: Letterbox
    inverted: bool


def prepare_ink(
    gray: UInt8[np.ndarray, "rows columns"], size: tuple[int, int], *, invert: Invert = "auto"
) -> list[ModelInput]:
    """The characters written in an image, in reading order; none where nothing is written.

    The ground is leveled, ink found whether dark or light, dust, ruled lines and edges left out,
    and each character fitted as MNIST's were. An image of the network's own size whose border is
    black is one already, and comes back as it is.

    Parameters:
        gray: brightness of an image of any size.
        size: height and width of the canvas in pixels.
        invert: "yes" where ink is known to be darker than its ground, "no" where it is lighter.
    """
    if gray.shape == size and invert != "yes" and _outermost(gray) <= DARK:
        whole = Letterbox(1.0, 0, 0, gray.shape[1], gray.shape[0])
        return [ModelInput(gray[..., None], whole, inverted=False)]
    longer = max(gray.shape)
    scale = MAX_SIDE / longer if longer > MAX_SIDE else max(1.0, MIN_SIDE / longer)
    light = None if invert == "auto" else invert == "no"
    ink = find_ink(scaled(gray, scale, enlarging=cv2.INTER_CUBIC), light)
    if ink is None:
        return []
    writing = find_writing(ink.map)
    characters = []
    for character in writing.characters:
        corner = character.left, character.top
        fit = fit_character(ink.map, writing.mask(character), corner, size)
        placement = CharacterPlacement(
            fit.scale * scale, fit.left, fit.top, gray.shape[1], gray.shape[0]
        )
        characters.append(ModelInput(fit.canvas[..., None], placement, not ink.light))
    return characters


def _outermost(gray: UInt8[np.ndarray, "rows columns"]) -> int:
    return int(max(gray[0].max(), gray[-1].max(), gray[:, 0].max(), gray[:, -1].max()))
