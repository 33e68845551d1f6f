"""Pairs of faces side by side: one image each, and all on one sheet."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import UInt8

from ...frame.drawing.annotate import ImageCanvas
from ...frame.drawing.colors import BACKGROUND
from ...frame.drawing.contact_sheet import contact_sheet
from .hard_pairs import MisclassifiedPair, PairErrors

Crop = UInt8[np.ndarray, "height width channels"]
Pixels = UInt8[np.ndarray, "sheet_height sheet_width 3"]

COLUMNS = 4
TALL = 200  # pixels: a pair is enlarged by a whole factor until it is about as high
GAP = 4  # pixels between two faces


def side_by_side(first: Crop, second: Crop) -> UInt8[np.ndarray, "height wider 3"]:
    """Two faces of one size, with a gap between them, in RGB.

    Parameters:
        first: uint8, (height, width, 1 or 3), on the left.
        second: of the same size, on the right.
    """
    left, right = (np.broadcast_to(crop, (*crop.shape[:2], 3)) for crop in (first, second))
    gap = np.full((len(left), max(1, GAP * len(left) // TALL), 3), BACKGROUND, np.uint8)
    return np.concatenate([left, gap, right], axis=1)


def pair_images(
    pairs: Sequence[MisclassifiedPair], crops: Mapping[str, Crop]
) -> list[tuple[MisclassifiedPair, Pixels]]:
    """Those pairs whose faces are at hand, each with its image, enlarged where it is small.

    Parameters:
        pairs: to be shown.
        crops: of faces, by the name of the photo.
    """
    images = []
    for pair in pairs:
        if pair.first.name in crops and pair.second.name in crops:
            image = side_by_side(crops[pair.first.name], crops[pair.second.name])
            images.append((pair, ImageCanvas(image, max(1, round(TALL / len(image)))).pixels))
    return images


def worst_pairs_sheet(errors: PairErrors, crops: Mapping[str, Crop]) -> Pixels | None:
    """The worst false accepts, and below them the worst false rejects; None where there are no
    faces to show.

    Parameters:
        errors: of an evaluation.
        crops: of faces, by the name of the photo.
    """
    kinds = (
        (errors.false_accepts, f"two people taken for one: {errors.num_false_accepts:,} pairs"),
        (errors.false_rejects, f"one person taken for two: {errors.num_false_rejects:,} pairs"),
    )
    parts = []
    for pairs, title in kinds:
        shown = pair_images(pairs, crops)
        if shown:
            notes = [_note(pair) for pair, _ in shown]
            images = [image for _, image in shown]
            title = title[0].upper() + title[1:] + f", the worst {len(shown)}"
            parts.append(contact_sheet(images, columns=COLUMNS, title=title, notes=notes))
    return np.concatenate(parts) if parts else None


def _note(pair: MisclassifiedPair) -> str:
    """The distance and the two photos; of one person, the name is said once."""
    first, second = pair.names
    if pair.first.person == pair.second.person:
        second = second.removeprefix(pair.first.person).lstrip("_/") or second
    return f"{pair.distance:.3f}   {first}   {second}"
