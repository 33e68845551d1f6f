"""Where an image has ink, however its paper is lit: 0 for paper, 1 for ink.

A stroke is a valley of brightness, or a ridge for chalk, narrower than what surrounds it. The
morphological closing fills valleys narrower than its window and leaves the rest as it is: slopes of
light, the edges of wide shadows. What it fills is ink (black-hat transform; Serra 1982).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float32, UInt8

from .scaling import scaled

Gray = UInt8[np.ndarray, "height width"]
InkMap = Float32[np.ndarray, "height width"]

SEARCH_SIDE = 256  # pixels: kind and breadth of the ink are looked for in a smaller image
WINDOWS = (1 / 32, 1 / 20, 1 / 12, 1 / 8, 1 / 5, 1 / 3, 1 / 2, 0.8)  # of the shorter side
TOP = 99.95  # percentile of what is filled that is taken for the ink's own darkness
MIN_CONTRAST = 12  # gray levels between paper and ink
MIN_SNR = 5  # ink is so many times darker than the paper is uneven
BETTER = 0.045  # by so much, more paper around it must explain an image better
WIDER = 0.08  # so little worse, the next wider window is taken
# what makes a window the right one, in units of its separability (Otsu 1979), 0 … 1
UNEXPLAINED_COST, CONTRAST_GAIN, STEP_COST = 0.2, 0.1, 0.02
PALEST, DARKEST = 0.1, 0.4  # of the ink's darkness: what is between is neither paper nor ink
MAX_BETWEEN = 0.2  # of the image, of writing: the soft edges of strokes
MAX_EDGES, MIN_PAPER = 0.6, 0.25  # of the ink, of the image: of writing that fills it
MAX_SHRUNK = 25  # pixels of a window; larger ones are applied to a smaller image


@dataclass(frozen=True)
class Ink:
    """The ink of an image.

    Parameters:
        map: 0 … 1 at each pixel.
        light: whether the ink is lighter than its ground.
    """

    map: InkMap
    light: bool

    @property
    def is_writing(self) -> bool:
        """Whether there is hardly anything between paper and ink, as in faces and landscapes."""
        ink, paper = float((self.map >= DARKEST).mean()), float((self.map <= PALEST).mean())
        between = 1 - ink - paper
        return between < MAX_BETWEEN or (between < MAX_EDGES * ink and paper > MIN_PAPER)


@dataclass(frozen=True)
class _Guess:
    """One way to see an image as ink on a ground; `window` is a share of the shorter side."""

    light: bool
    padded: bool
    window: float
    score: float


def find_ink(gray: Gray, light: bool | None = None) -> Ink | None:
    """The ink of an image, dark or light; None where it has no contrast but its grain.

    Parameters:
        gray: brightness of each pixel.
        light: whether the ink is lighter than its ground, where that is known.
    """
    small = scaled(gray, min(1.0, SEARCH_SIDE / max(gray.shape)))
    kinds = (False, True) if light is None else (light,)
    plain = [guess for kind in kinds for guess in _guesses(small, kind, padded=False)]
    padded = [guess for kind in kinds for guess in _guesses(small, kind, padded=True)]
    best, best_padded = _best(plain), _best(padded)
    if best_padded and (best is None or best_padded.score > best.score + BETTER):
        best = best_padded
    return best and _measure(gray, best)


def _best(guesses: Sequence[_Guess]) -> _Guess | None:
    """The best guess, or the next wider window if that is as good: strokes are wider where they
    meet."""
    if not guesses:
        return None
    best = max(guesses, key=lambda one: one.score)
    alike = [one for one in guesses if (one.light, one.padded) == (best.light, best.padded)]
    wider = alike[min(alike.index(best) + 1, len(alike) - 1)]
    return wider if wider.score > best.score - WIDER else best


def _guesses(gray: Gray, light: bool, *, padded: bool) -> list[_Guess]:
    """For each window that shows ink of one kind, how well that would explain an image; from the
    narrowest to the widest."""
    image, margin = _oriented(gray, light, padded)
    inner = tuple(slice(margin, side - margin) for side in image.shape)
    side = min(gray.shape)
    windows = {max(3, round(share * side)) | 1: share for share in WINDOWS}
    filled = [cv2.subtract(_closing(image, window), image) for window in windows]
    contrasts = [float(np.percentile(one[inner], TOP)) for one in filled]
    if max(contrasts) < MIN_CONTRAST:
        return []
    guesses: list[_Guess] = []
    for step, (window, share) in enumerate(windows.items()):
        if contrasts[step] < max(MIN_SNR * (float(np.median(filled[step])) + 1), MIN_CONTRAST / 2):
            continue
        ground = 255 - cv2.add(image, filled[step])
        left = float(np.percentile(cv2.subtract(_closing(ground, window), ground)[inner], TOP))
        left /= contrasts[step]
        score = _separability(filled[step]) - UNEXPLAINED_COST * left - STEP_COST * step
        score += CONTRAST_GAIN * float(np.log2(contrasts[step] / max(contrasts)))
        guesses.append(_Guess(light, padded, share, score))
    return guesses


def _separability(filled: Gray) -> float:
    """How well two brightnesses explain all, 0 … 1: variance between classes over the whole."""
    levels = np.arange(256)
    shares = np.bincount(filled.ravel(), minlength=256) / filled.size
    below, mean = np.cumsum(shares)[:-1], np.cumsum(shares * levels)[:-1]
    whole = float((shares * levels).sum())
    variance = float((shares * (levels - whole) ** 2).sum())
    inside = (below > 0) & (below < 1)
    between = (whole * below - mean)[inside] ** 2 / (below * (1 - below))[inside]
    return float(between.max(initial=0.0)) / max(variance, 1e-6)


def _measure(gray: Gray, guess: _Guess) -> Ink:
    image, margin = _oriented(gray, guess.light, guess.padded)
    window = max(3, round(guess.window * min(gray.shape))) | 1
    filled = cv2.subtract(_closing(image, window), image)
    grain = float(np.median(filled)) + 1
    rows, columns = (slice(margin, side - margin) for side in filled.shape)
    filled = filled[rows, columns].astype(np.float32)
    contrast = max(float(np.percentile(filled, TOP)), grain + 1)
    ink = np.clip((filled - grain) / (contrast - grain), 0, 1)
    return Ink(ink, guess.light)


def _oriented(
    gray: Gray, light: bool, padded: bool
) -> tuple[UInt8[np.ndarray, "rows columns"], int]:
    """An image in which ink is dark, its grain smoothed, and how far it is padded with paper."""
    image = cv2.GaussianBlur(255 - gray if light else gray, (0, 0), 0.7)
    if not padded:
        return image, 0
    margin = max(3, max(gray.shape) // 2)
    edges = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    paper = float(np.percentile(edges, 90))
    return np.pad(image, margin, constant_values=round(paper)), margin


def _closing(image: Gray, window: int) -> Gray:
    """The closing by a disk; by a large one on a smaller image, for it takes its area a pixel."""
    shrink = max(1, window // MAX_SHRUNK)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (max(3, window // shrink) | 1,) * 2)
    if shrink == 1:
        return cv2.morphologyEx(image, cv2.MORPH_CLOSE, kernel)
    height, width = image.shape
    # the brightest pixel of each cell, so that thin ink is filled as it would be at full size
    bright = cv2.dilate(image, np.ones((shrink, shrink), np.uint8))
    size = max(1, width // shrink), max(1, height // shrink)
    coarse = cv2.resize(bright, size, interpolation=cv2.INTER_NEAREST)
    closed = cv2.morphologyEx(coarse, cv2.MORPH_CLOSE, kernel)
    return np.maximum(cv2.resize(closed, (width, height), interpolation=cv2.INTER_LINEAR), image)
