"""From a photograph of writing to what a network that learned plain digits knows: white ink on
black, each character by itself in the middle of its canvas, and the way back."""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from jaxtyping import Bool, Float, Float32, Integer, UInt8

from ...frame.storage.letterbox import Boxes, Circles, Letterbox
from .components import Writing, find_writing
from .fitting import fit_character
from .leveling import Gray, Ink, find_ink
from .rules import without_rules
from .scaling import scaled
from .sheet import find_sheet, paint_around

Invert = Literal["auto", "yes", "no"]

MAX_SIDE = 1024  # pixels: larger images are looked at in this size
MIN_SIDE = 112  # pixels: smaller ones are enlarged, so that strokes are some pixels wide
DARK = 30  # of 255: the outermost pixels of an image that is prepared already


@dataclass(frozen=True, eq=False)
class Strokes:
    """Where one character's ink is, in a part of an image that may have been scaled.

    Parameters:
        mask: true where the ink is.
        left: column of the scaled image at which the mask begins, as `top` the row.
        scale: pixels of the scaled image per pixel of the original.
    """

    mask: Bool[np.ndarray, "rows columns"]
    left: int
    top: int
    scale: float

    def within(self, height: int, width: int) -> Bool[np.ndarray, "height width"]:
        """Where the ink is in the original.

        Parameters:
            height: of the original in pixels, as is `width`.
        """
        # OpenCV counts from the centers of pixels
        half = (self.scale - 1) / 2
        matrix = np.array([[self.scale, 0, half - self.left], [0, self.scale, half - self.top]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        share = cv2.warpAffine(self.mask.astype(np.float32), matrix, (width, height), flags=flags)
        return share >= 0.5


@dataclass(frozen=True)
class CharacterPlacement(Letterbox):
    """Where the image lies in the canvas of one of its characters, most of it outside.

    Parameters:
        scale: canvas pixels per pixel of the original.
        left: the column of the canvas at which the image begins, as `top` the row; often negative.
        width: of the original in pixels, as is `height`.
        strokes: the character's own ink, where the image shows more than the canvas.
        thickening: pixels of the canvas by which its strokes were made broader on each side.
    """

    strokes: Strokes
    thickening: float

    def box_to_original(self, boxes: Boxes) -> Boxes:
        """Boxes (left, top, right, bottom) in canvas pixels, in pixels of the original."""
        inward = np.array([1, 1, -1, -1], np.float32) * self.thickening
        return super().box_to_original(boxes + inward)

    def circle_to_original(self, circles: Circles) -> Circles:
        """Circles (x, y, radius) in canvas pixels, in pixels of the original."""
        inward = np.array([0, 0, self.thickening], np.float32)
        return super().circle_to_original(circles - inward)

    def mask_to_original(
        self, probability: Float[np.ndarray, "height width"], threshold: float = 0.5
    ) -> Bool[np.ndarray, "original_height original_width"]:
        """The character's own ink, where a probability per canvas pixel is above a threshold.

        The canvas shows strokes coarsely, and thin ones broader than they are: it says which ink is
        meant, and the image where exactly that is.

        Parameters:
            probability: of each pixel of the canvas, 0 … 1.
            threshold: above which a pixel belongs to the mask.
        """
        near = cv2.dilate(probability.astype(np.float32), np.ones((3, 3), np.uint8))
        return super().mask_to_original(near, threshold) & self.strokes.within(
            self.height, self.width
        )

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


def prepare_ink(gray: Gray, size: tuple[int, int], *, invert: Invert = "auto") -> list[ModelInput]:
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
    read = _read(scaled(gray, scale, enlarging=cv2.INTER_CUBIC), light)
    if read is None:
        return []
    ink, writing = read
    characters = []
    for character in writing.characters:
        corner = character.left, character.top
        mask = writing.mask(character)
        fit = fit_character(ink.map, mask, corner, size)
        placement = CharacterPlacement(
            fit.scale * scale,
            fit.left,
            fit.top,
            gray.shape[1],
            gray.shape[0],
            Strokes(mask, *corner, scale),
            fit.thickening,
        )
        characters.append(ModelInput(fit.canvas[..., None], placement, not ink.light))
    return characters


def _read(gray: Gray, light: bool | None) -> tuple[Ink, Writing] | None:
    """The ink of an image and the characters in it; those on a sheet, where it shows one."""
    ink = find_ink(gray, light)
    if ink is None:
        return None
    sheet = find_sheet(ink.map)
    if sheet is not None:
        written = find_ink(paint_around(gray, sheet), light)
        if written is not None and written.is_writing:
            writing = _writing(written)
            if writing.characters:
                return written, writing
    return (ink, _writing(ink)) if ink.is_writing else None


def _writing(ink: Ink) -> Writing:
    return find_writing(without_rules(ink.map))


def _outermost(gray: Gray) -> int:
    return int(max(gray[0].max(), gray[-1].max(), gray[:, 0].max(), gray[:, -1].max()))
