"""What is trained: small trainings of the three panels, of pictures that are drawn for them."""

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from triptych.frame.storage import images
from triptych.multitask.synthesis.digits import render_digits

TRAINED, TESTED = 192, 48  # digits
PEOPLE, PHOTOS, SIDE = 8, 6, 48
PAINTED = 64  # pixels of a side
STEPS = 6  # of faces and style, an epoch


@dataclass(frozen=True)
class Subject:
    """A training.

    Parameters:
        name: of the panel.
        words: of the command line, without epochs and folder.
    """

    name: str
    words: Sequence[str]


def multitask(folder: Path) -> Subject:
    """Digits and the circles around them.

    Parameters:
        folder: for the pictures.
    """
    folder.mkdir(parents=True)
    for split, count, seed in (("train", TRAINED, 0), ("t10k", TESTED, 1)):
        labels = torch.arange(count) % 10
        digits = render_digits(labels, (seed,)).numpy()
        head = struct.pack(">4B3I", 0, 0, 8, 3, *digits.shape)
        (folder / f"{split}-images-idx3-ubyte").write_bytes(head + digits.tobytes())
        head = struct.pack(">4BI", 0, 0, 8, 1, count)
        (folder / f"{split}-labels-idx1-ubyte").write_bytes(head + bytes(labels.tolist()))
    words = ["train", "circled-digits", "--source", str(folder), "--batch", "32"]
    return Subject("multitask", [*words, "--device", "cpu"])


def faces(folder: Path) -> Subject:
    """People who are patterns, taken whole.

    Parameters:
        folder: for the pictures.
    """
    rng = np.random.default_rng(0)
    for person in range(PEOPLE):
        place = folder / f"person-{person}"
        place.mkdir(parents=True)
        pattern = rng.integers(0, 200, (SIDE, SIDE, 3))
        for photo in range(PHOTOS):
            noise = rng.integers(0, 56, pattern.shape)
            images.save(place / f"{photo}.png", (pattern + noise).astype(np.uint8))
    words = ["faces", "train", str(folder), "--crop", "whole", "--height", "32", "--width", "32"]
    return Subject("faces", [*words, "--set", f"steps={STEPS}", "--device", "cpu"])


def style(folder: Path) -> Subject:
    """A pattern that photographs of noise are painted with; a small VGG-19, which must be at hand,
    judges them.

    Parameters:
        folder: for the pictures.
    """
    rng = np.random.default_rng(0)
    (folder / "photos").mkdir(parents=True)
    for number in range(PEOPLE):
        pixels = rng.integers(0, 256, (2 * PAINTED, 2 * PAINTED, 3), dtype=np.uint8)
        images.save(folder / "photos" / f"{number}.png", pixels)
    stripes = np.tile(np.arange(PAINTED, dtype=np.uint8) * 4, (PAINTED, 1))
    images.save(folder / "style.png", np.stack([stripes, stripes.T, stripes], axis=2))
    words = ["style", "train", str(folder / "style.png"), str(folder / "photos")]
    settings = ["--set", f"steps={STEPS}", "--set", f"size={PAINTED}", "--set", "batch=2"]
    return Subject("style", [*words, *settings, "--device", "cpu"])


SUBJECTS: dict[str, Callable[[Path], Subject]] = {
    "multitask": multitask,
    "faces": faces,
    "style": style,
}
