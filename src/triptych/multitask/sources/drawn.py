"""Digits and emoji rendered by our own code: always available, nothing is fetched."""

from typing import ClassVar

import numpy as np
import torch

from ...frame.registry import unknown_name_error
from ...frame.rng import permutation
from ..data.source import Cutouts, Source, SourceSplit
from ..synthesis.digits import render_digits
from ..synthesis.emoji import EMOJI, render_emoji

DIGITS = {"train": 60_000, "test": 10_000}  # as many as MNIST has
SEEDS = {"train": (2061, 0), "test": (2061, 1)}


class Synthetic(Source):
    """Handwritten digits, 28×28, white ink on black, framed as MNIST is, and nine emoji, 72×72
    RGB with alpha."""

    subjects: ClassVar[tuple[str, ...]] = ("digits", "emoji")

    def cutouts(self, subject: str, split: SourceSplit) -> Cutouts:
        """Digits of a split, or emoji."""
        if subject == "digits":
            return digits(split)
        if subject == "emoji":
            return emoji()
        raise unknown_name_error(subject, self.subjects, "subject of the source 'drawn'")


def digits(split: SourceSplit) -> Cutouts:
    """Each digit equally often, in random order; no image is in both splits."""
    labels = permutation(DIGITS[split], SEEDS[split]) % 10
    images = render_digits(labels, SEEDS[split])
    return Cutouts(images[:, None], labels, tuple("0123456789"))


def emoji() -> Cutouts:
    """One image of each emoji, the same for both splits."""
    rgba = torch.from_numpy(np.stack([render_emoji(name) for name in EMOJI])).movedim(3, 1)
    return Cutouts(rgba[:, :3], torch.arange(len(EMOJI)), tuple(EMOJI), rgba[:, 3])
