"""A photo with a box and a label at each face, that can be read at any size of photo."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageDraw

from ...frame.drawing.colors import Color, text_on
from ...frame.drawing.text import LegendEntry, caption, load_font
from ...frame.storage.images import resize
from ..detection.alignment import convert_channels
from .label_layout import Place, place_labels
from .reading_order import Box

MIN_SIDE = 640  # pixels: smaller photos are enlarged until their longer side has about as many
SHRINK = (1.0, 0.85, 0.7, 0.55, 0.45)  # of the largest letters, tried until all labels fit
LETTERS = 0.3  # of the width of a face: how high letters are, at most
SMALLEST = 11  # pixels: letters that can be read on a screen
FRINGE = (0, 0, 0)  # sets a line off from a background of its own color
MAX_NAME = 24  # letters: a longer name is cut with …


@dataclass(frozen=True)
class FaceLabel:
    """A face to draw.

    Parameters:
        box: left, top, right, bottom in pixels of the photo.
        number: of the face, as in the text that goes with the picture.
        name: of the person.
        detail: what follows the name, "0.71"; may be empty.
        color: of box and label.
    """

    box: Box
    number: int
    name: str
    detail: str
    color: Color

    def forms(self) -> tuple[str, str, str]:
        """The label in full, without its detail, and as a number alone."""
        name = "".join(letter if letter.isprintable() else " " for letter in self.name)
        name = name if len(name) <= MAX_NAME else name[: MAX_NAME - 1].rstrip() + "…"
        short = f"{self.number} {name}"
        return f"{short} {self.detail}".rstrip(), short, str(self.number)


class _Tag(NamedTuple):
    """A label with its place."""

    text: str
    size: int
    place: Place
    color: Color


def draw_faces(
    photo: UInt8[np.ndarray, "height width channels"],
    faces: Sequence[FaceLabel],
    *,
    fixed: bool = False,
) -> UInt8[np.ndarray, "drawn_height drawn_width 3"]:
    """The photo with a box around each face, and number, name and detail beside it.

    Lines and letters grow with the photo and shrink with its faces. Where labels would hide each
    other or other faces they are smaller, then without the detail, then numbers alone; those who
    lack a part are then listed below the photo.

    Parameters:
        photo: uint8, (height, width, channels); it is not changed.
        faces: in any order.
        fixed: whether the picture keeps the photo's size, as frames of a video must: it is not
            enlarged, and nothing is listed below.
    """
    zoom = 1 if fixed else max(1, round(MIN_SIDE / max(photo.shape[:2])))
    height, width = (zoom * side for side in photo.shape[:2])
    image = Image.fromarray(resize(convert_channels(photo, 3), height, width))
    boxes = [tuple(zoom * side for side in face.box) for face in faces]
    draw = ImageDraw.Draw(image)
    for face, box in zip(faces, boxes):
        _outline(draw, box, face.color, (width, height))  # type: ignore[arg-type]
    tags = _layout(faces, boxes, (width, height))  # type: ignore[arg-type]
    for tag in tags:
        _write(draw, tag)
    pixels = np.array(image)
    shortened = [face for face, tag in zip(faces, tags) if tag.text != face.forms()[0]]
    if fixed or not shortened:
        return pixels
    shortened.sort(key=lambda face: face.number)
    entries = [LegendEntry(face.color, face.forms()[0]) for face in shortened]
    strip = caption([entries], width, _letter_size(width, height))
    return np.concatenate([pixels, strip])


def _letter_size(width: int, height: int) -> int:
    """Pixels of letters that are read where the whole picture is shown."""
    return max(9 + width // 72, min(max(height, width) // 50, width // 14))


def _outline(draw: ImageDraw.ImageDraw, box: Box, color: Color, canvas: tuple[int, int]) -> None:
    """A line outside the box, so that it hides nothing of a face, between two dark ones."""
    side = min(box[2] - box[0], box[3] - box[1])
    if not (np.isfinite(box).all() and side > 0):
        return
    line = max(2, round(min(0.004 * float(np.sqrt(canvas[0] * canvas[1])), 0.05 * side)))
    edge = max(1, line // 4)
    for grown, width, ink in ((line + edge, line + 2 * edge, FRINGE), (line, line, color)):
        corners = box[0] - grown, box[1] - grown, box[2] + grown, box[3] + grown
        draw.rectangle([round(value) for value in corners], outline=ink, width=width)


def _layout(
    faces: Sequence[FaceLabel], boxes: Sequence[Box], canvas: tuple[int, int]
) -> list[_Tag]:
    """The largest labels that all find a place; at last, numbers in the corners of the faces."""
    if not faces:
        return []
    median = float(np.median([box[2] - box[0] for box in boxes]))
    whole = _letter_size(*canvas)
    largest = max(SMALLEST, round(np.clip(LETTERS * median, 0.35 * whole, whole)))
    tags: list[_Tag] = []
    for form in range(3):
        for size in sorted({max(SMALLEST, round(largest * part)) for part in SHRINK}, reverse=True):
            texts = [face.forms()[form] for face in faces]
            sizes = [_tag_size(text, size) for text in texts]
            places = place_labels(boxes, sizes, canvas)
            tags = [
                _Tag(text, size, place or (max(box[0], 0), max(box[1], 0)), face.color)
                for text, face, box, place in zip(texts, faces, boxes, places)
            ]
            if all(place is not None for place in places):
                return tags
    return tags


def _tag_size(text: str, size: int) -> tuple[int, int]:
    font = load_font(size, bold=True)
    return round(font.getlength(text) + 0.7 * size), round(1.35 * size)


def _write(draw: ImageDraw.ImageDraw, tag: _Tag) -> None:
    """Text on a patch of its color."""
    text, size, (x, y), color = tag
    width, height = _tag_size(text, size)
    x, y = round(x), round(y)
    corners = [x, y, x + width - 1, y + height - 1]
    draw.rounded_rectangle(corners, size // 5, color, outline=FRINGE, width=max(1, size // 24))
    baseline = y + height - round(0.36 * size)
    font = load_font(size, bold=True)
    draw.text((x + 0.35 * size, baseline), text, text_on(color), font, anchor="ls")
