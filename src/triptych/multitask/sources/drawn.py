"""Digits and faces drawn by our own code: always at hand, nothing is fetched."""

from typing import ClassVar

import numpy as np
import torch

from ...frame.registry import unknown_name_error
from ...frame.rng import permutation
from ..data.source import CutOuts, Source, Split
from ..synthesis.digits import handwritten
from ..synthesis.emoji import FACES, cartoon

DIGITS = {"train": 60_000, "test": 10_000}  # as many as MNIST has
CHANCE = {"train": (2061, 0), "test": (2061, 1)}


class Drawn(Source):
    """Handwritten digits, 28 × 28 ink on black framed as MNIST is, and nine cartoon faces,
    72 × 72 with alpha."""

    subjects: ClassVar[tuple[str, ...]] = ("digits", "emoji")

    def cutouts(self, subject: str, split: Split) -> CutOuts:
        if subject == "digits":
            return digits(split)
        if subject == "emoji":
            return faces()
        raise unknown_name_error(subject, self.subjects, "subject of the source 'drawn'")


def digits(split: Split) -> CutOuts:
    """Each digit equally often, in mixed order; no digit is drawn for both splits."""
    labels = permutation(DIGITS[split], CHANCE[split]) % 10
    images = handwritten(labels, CHANCE[split])
    return CutOuts(images[:, None], labels, tuple("0123456789"))


def faces() -> CutOuts:
    """One picture of each face, the same for both splits."""
    pictures = torch.from_numpy(np.stack([cartoon(name) for name in FACES])).movedim(3, 1)
    return CutOuts(pictures[:, :3], torch.arange(len(FACES)), tuple(FACES), pictures[:, 3])
