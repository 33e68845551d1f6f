"""One transfer with a setting at several values, or two settings: a row, or a grid, of images."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from jaxtyping import UInt8

from ...frame.drawing.contact_sheet import contact_sheet
from ...frame.errors import ConfigError
from ...frame.registry import unknown_name_error
from ...frame.storage.images import resize
from ..config import FILELESS_INITS
from .job import TransferJob

Pixels = UInt8[np.ndarray, "_ _ 3"]
MAX_VARIANTS = 100  # pictures of one sweep
LABEL_WIDTH = 256  # pixels that the label of two settings is long


def parse_floats(text: str) -> tuple[float, ...]:
    """Fractions between colons: commas stand between the values of a sweep."""
    return tuple(float(word) for word in text.split(":"))


def parse_ints(text: str) -> tuple[int, ...]:
    """Whole numbers between colons."""
    return tuple(int(word) for word in text.split(":"))


def parse_init(text: str) -> str:
    """Where to begin; an image file would make no label. Raises UnknownNameError."""
    if text not in FILELESS_INITS:
        raise unknown_name_error(text, FILELESS_INITS, "start")
    return text


SWEEPABLE: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "size": ("size", int),
    "strength": ("strength", float),
    "style-weights": ("style_weights", parse_floats),
    "content-weight": ("content_weight", float),
    "style-weight": ("style_weight", float),
    "style-scale": ("style_scale", float),
    "steps": ("steps", parse_ints),
    "seed": ("seed", int),
    "optimizer": ("optimizer", str),
    "init": ("init", parse_init),
    "colours": ("colors", str),
    "features": ("features", str),
    "pooling": ("pooling", str),
    "statistics": ("statistics", str),
    "content-layer": ("content_layer", str),
    "tv": ("variation", float),
    "octaves": ("octaves", int),
    "soft": ("soft", float),
}
"""What can be swept, by the word of the command line: whose field it is, and how it is read."""


@dataclass(frozen=True)
class Axis:
    """A setting and the values it is to have.

    Parameters:
        name: of the setting, as on the command line.
        values: as they were typed.
    """

    name: str
    values: tuple[str, ...]

    def change(self, value: str) -> dict[str, Any]:
        """The setting with this value, as `TransferJob.with_changes` takes it.

        Raises ConfigError, and UnknownNameError for a start there is none of.
        """
        field, read = SWEEPABLE[self.name]
        try:
            return {field: read(value)}
        except ValueError:
            raise ConfigError(f"Expected numbers for {self.name}, got '{value}'.") from None


def parse_axis(text: str) -> Axis:
    """An axis from NAME=VALUE,VALUE … Raises ConfigError, and UnknownNameError for what cannot be
    swept.

    >>> parse_axis("strength=0.2,0.8")
    Axis(name='strength', values=('0.2', '0.8'))
    """
    name, _, listed = text.partition("=")
    values = tuple(dict.fromkeys(word.strip() for word in listed.split(",") if word.strip()))
    if not values:
        raise ConfigError(f"Expected NAME=VALUE,VALUE, got '{text}'. Say --sweep strength=0.2,0.8.")
    name = name.strip().replace("_", "-").replace("colors", "colours")
    if name not in SWEEPABLE:
        raise unknown_name_error(name, SWEEPABLE, "setting to sweep")
    return Axis(name, values)


def expand(job: TransferJob, axes: Sequence[Axis]) -> dict[str, TransferJob]:
    """A job for each combination of values, by its label: "strength 0.2, seed 1".

    Parameters:
        job: what is varied.
        axes: one or two, of different settings.

    Raises ConfigError for more than two axes, one named twice and too many images, and what
    `TransferJob.with_changes` raises.
    """
    if not 1 <= len(axes) <= 2 or len({each.name for each in axes}) != len(axes):
        raise ConfigError("Expected one setting to sweep, or two different ones.")
    grid = list(product(*(each.values for each in axes)))
    if len(grid) > MAX_VARIANTS:
        raise ConfigError(f"Expected at most {MAX_VARIANTS} pictures in a sweep, got {len(grid)}.")
    jobs = {}
    for values in grid:
        changes: dict[str, Any] = {}
        for each, value in zip(axes, values):
            changes |= each.change(value)
        label = ", ".join(f"{each.name} {value}" for each, value in zip(axes, values))
        jobs[label] = job.with_changes(changes)
    return jobs


def sweep_sheet(
    images: Mapping[str, Pixels], axes: Sequence[Axis], title: str
) -> UInt8[np.ndarray, "height width 3"]:
    """All images with their labels: a row for each value of the first of two settings.

    Parameters:
        images: RGB by label, in the order of `expand`; small ones are enlarged, or labels would be
            cut.
        axes: that were swept.
        title: printed above.
    """
    columns = len(axes[-1].values) if len(axes) == 2 else None
    cells = [_enlarge(image) for image in images.values()]
    return contact_sheet(cells, columns=columns, title=title, notes=list(images))


def _enlarge(image: Pixels) -> Pixels:
    height, width = image.shape[:2]
    times = -(-LABEL_WIDTH // width) if max(height, width) < LABEL_WIDTH else 1
    return resize(image, times * height, times * width)
