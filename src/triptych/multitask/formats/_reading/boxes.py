"""Boxes of annotation files, cut at the borders of the image."""

from ...structures.annotations import BoundingBox
from ...structures.import_problems import ImportProblems

TOLERANCE = 0.01  # pixels: rounding in files, of which nobody is told


def box_in_image(
    sides: tuple[float, float, float, float],
    size: tuple[int, int],
    problems: ImportProblems,
    place: str,
) -> BoundingBox | None:
    """A box, cut to its part in the image; None where that has no area.

    Parameters:
        sides: left, top, right, bottom in pixels.
        size: width and height of the image.
        problems: told of a box that is cut or left out.
        place: the file, and the entry in it.
    """
    left, top, right, bottom = sides
    width, height = size
    if not (right > left and bottom > top):
        detail = f"the box {describe(sides)} has no area"
        problems.add("box without area", place, detail, "object left out")
        return None
    inside = (
        min(max(left, 0.0), width),
        min(max(top, 0.0), height),
        min(max(right, 0.0), width),
        min(max(bottom, 0.0), height),
    )
    detail = f"the box {describe(sides)} goes beyond the image of {width} × {height} pixels"
    if not (inside[2] > inside[0] and inside[3] > inside[1]):
        detail = f"the box {describe(sides)} lies outside the image of {width} × {height} pixels"
        problems.add("box outside the image", place, detail, "object left out")
        return None
    if max(abs(new - old) for new, old in zip(inside, sides)) > TOLERANCE:
        problems.add("box beyond the image", place, f"{detail}; it is cut there", "mended")
    return BoundingBox(*inside)


def describe(numbers: tuple[float, ...] | list[float]) -> str:
    """Numbers in a few digits, for a line of text.

    Parameters:
        numbers: of a box, say.

    >>> describe((10, 12.3456, 1e6, 2))
    '10, 12.35, 1000000, 2'
    """
    return ", ".join(f"{number:.2f}".rstrip("0").rstrip(".") for number in numbers)
