"""Annotated images from the rows of one picture."""

from pathlib import Path
from typing import Any

from ....frame.errors import DataError, ImageError
from ...structures.annotated_image import AnnotatedImage, AnnotatedObject, ClassMap
from ...structures.annotations import BoundingBox
from ...structures.mask_file import mask_header, picture_size
from .._mask_images.known_sets import Meaning
from .._reading.documents import finite
from .._reading.listed_pictures import ListedPictures
from .._reading.paths import PictureFinder
from .._reading.picture_names import find_picture
from .._reading.splits import split_of
from .columns import Columns
from .rows import Row
from .shapes import Size, clip_box, is_empty, parse_box, parse_circle

Rows = list[tuple[int, Row]]


class RowReader:
    """Makes an annotated image of the rows of a picture."""

    def __init__(
        self,
        table: Path,
        columns: Columns,
        fractions: bool,
        split: str | None,
        finder: PictureFinder,
        meaning: Meaning | None,
        pictures: ListedPictures,
    ):
        """
        Parameters:
            table: whose rows they are.
            columns: what they mean.
            fractions: whether coordinates are fractions of the picture.
            split: of all pictures of the table; None where rows say it.
            finder: of pictures.
            meaning: of the numbers in masks; None where there are none.
            pictures: that came so far; its problems are told of what is wrong.
        """
        self.table, self.columns, self.fractions, self.split = table, columns, fractions, split
        self.finder, self.meaning = finder, meaning
        self.pictures, self.problems = pictures, pictures.problems

    def annotate(self, name: str, rows: Rows) -> AnnotatedImage | None:
        """The picture with what its rows say; None where it cannot be used, which is told.

        Parameters:
            name: of the picture, as the table gives it.
            rows: with their numbers.
        """
        columns, (first, row) = self.columns, rows[0]
        file = find_picture(self.finder, name.strip(), self.table.parent)
        file = self.pictures.check(file, name, self._place(first))
        if file is None:
            return None
        size = self._size(file, row, first)
        if self.fractions and size is None and (columns.box or columns.circle):
            return None
        has_objects = bool(columns.box or columns.circle)
        if not has_objects:
            self._tell_repeated(rows)
        return AnnotatedImage(
            file,
            *(size or (None, None)),
            label=None if has_objects else _text(row, columns.label),
            attributes={
                attribute: value
                for attribute, column in columns.attributes.items()
                if (value := _text(row, column)) is not None and not has_objects
            },
            group=_text(row, columns.group),
            split=self._split(row, first),
            objects=self._objects(rows, size) if has_objects else None,
            mask=self._mask(row, first, file),
        )

    def _objects(self, rows: Rows, size: Size | None) -> tuple[AnnotatedObject, ...]:
        columns = self.columns
        things = []
        for number, row in rows:
            cells = [row[name] for name in columns.circle or columns.box]
            if is_empty(cells):
                continue  # so tables say that there is nothing in a picture
            scale = size if self.fractions else None
            try:
                if columns.circle:
                    shape = parse_circle(cells, scale)
                else:
                    shape = self._clipped(parse_box(cells, columns.box_format, scale), size, number)
            except DataError as error:
                place = self._place(number)
                self.problems.add("shape not usable", place, str(error), "object left out")
                continue
            attributes = {
                name: value
                for name, column in columns.attributes.items()
                if (value := _text(row, column)) is not None
            }
            things.append(AnnotatedObject(_text(row, columns.label), shape, attributes=attributes))
        return tuple(things)

    def _clipped(self, box: BoundingBox, size: Size | None, number: int) -> BoundingBox:
        clipped = clip_box(box, size)
        if clipped != box:
            detail = (
                f"the box reaches beyond its picture{f' of {size[0]}×{size[1]}' if size else ''}"
            )
            self.problems.add("box beyond the image", self._place(number), detail, "mended")
        return clipped

    def _size(self, file: Path, row: Row, number: int) -> Size | None:
        """As the table states it; where fractions need it, that of the picture itself."""
        stated = [finite(row[name]) for name in (self.columns.width, self.columns.height) if name]
        if len(stated) == 2 and all(side and side >= 1 for side in stated):
            return int(stated[0] or 0), int(stated[1] or 0)
        if not self.fractions:
            return None
        try:
            return picture_size(file)
        except ImageError as error:
            self.problems.add("picture damaged", self._place(number), str(error), "image left out")
            return None

    def _split(self, row: Row, number: int) -> str | None:
        word = _text(row, self.columns.split)
        split = split_of(word)
        if word and split is None and word != "UNASSIGNED":
            detail = f"{word[:40]!r} in column {self.columns.split} is no split"
            self.problems.add("unknown split", self._place(number), detail, "noticed")
        return split or self.split

    def _mask(self, row: Row, number: int, picture: Path) -> ClassMap | None:
        name = _text(row, self.columns.mask)
        if name is None:
            return None
        try:
            file = find_picture(self.finder, name, self.table.parent)
            if file is None:
                raise ImageError(f"there is no mask {name[:200]!r}")
            if self.meaning is None or self.meaning.kind == "instances":
                raise ImageError(f"{name} is no map of classes; read masks as --format mask-images")
            width, height, numbers = mask_header(file)
            if (width, height) != (expected := picture_size(picture)):
                raise ImageError(
                    f"{name} has {width}×{height} pixels, its picture {expected[0]}×{expected[1]}"
                )
            if not numbers:
                raise ImageError(f"{name} is in colors, not in numbers of classes")
            return ClassMap(file, self.meaning.classes, self.meaning.ignored)
        except ImageError as error:
            self.problems.add("mask not usable", self._place(number), str(error), "object left out")
            return None

    def _tell_repeated(self, rows: Rows) -> None:
        label = self.columns.label
        if len({_text(row, label) for _, row in rows}) > 1:
            detail = "another row gives the picture another class; the first is kept"
            self.problems.add("picture twice", self._place(rows[1][0]), detail, "object left out")
        elif len(rows) > 1:
            detail = "the picture has a row already"
            self.problems.add("picture twice", self._place(rows[1][0]), detail, "noticed")

    def _place(self, number: int) -> str:
        return f"{self.table.name}, row {number}"


def _text(row: dict[str, Any], column: str | None) -> str | None:
    """A cell as text; None where it is empty, or the table has no such column."""
    value = row[column] if column else None
    if value is None or value != value:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() or None
