"""Digits and faces drawn by our own code: always at hand, nothing is fetched."""

from typing import ClassVar

from ...frame.chance import shuffled
from ...frame.registry import nearest
from ..handwriting import handwritten
from ..source import CutOuts, Source, Split

DIGITS = {"train": 60_000, "test": 10_000}
SEEDS = {"train": (2061, 0), "test": (2061, 1)}


class Drawn(Source):
    """Handwritten-like digits, 28 × 28 ink on black framed as MNIST is, and nine cartoon faces,
    72 × 72 with alpha: for faces both splits are the same nine."""

    subjects: ClassVar[tuple[str, ...]] = ("digits", "emoji")

    def cutouts(self, subject: str, split: Split) -> CutOuts:
        if subject == "digits":
            return digits(split)
        raise nearest(subject, self.subjects, "subject of the source 'drawn'")


def digits(split: Split) -> CutOuts:
    """As many digits as MNIST has, each class equally often, in mixed order."""
    labels = shuffled(DIGITS[split], SEEDS[split]) % 10
    images = handwritten(labels, SEEDS[split])
    return CutOuts(images[:, None], labels, tuple("0123456789"))
