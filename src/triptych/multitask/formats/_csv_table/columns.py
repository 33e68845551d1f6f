"""What the columns of a table mean: by a YAML beside it, else by their usual names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ....frame.errors import DataError
from .._reading.documents import read_yaml
from .rows import AUTOML, is_automl, read_header

USUAL = {
    "file": "file filename file_name image path image_path img img_path image_name filepath "
    "image_id imageid id",
    "label": "label class category class_name classname label_name labelname target",
    "split": "split subset fold set partition",
    "group": "group patient patient_id subject subject_id video_id",
    "mask": "mask mask_path mask_file",
    "width": "width image_width",
    "height": "height image_height",
}
BOXES = ("xmin ymin xmax ymax", "x_min y_min x_max y_max", "x1 y1 x2 y2", "left top right bottom")
CIRCLES = ("x y r", "x y radius", "cx cy r", "cx cy radius", "center_x center_y radius")
FORMATS, UNITS = ("xyxy", "xywh", "cxcywh"), ("pixels", "fractions")
OF_OTHER_TOOLS = {"region_shape_attributes"}  # VIA


@dataclass(frozen=True)
class Columns:
    """The names of the columns by what they say; None and empty for what the table does not.

    Parameters:
        file: the picture.
        label: its class, or that of the object, where the table has boxes or circles.
        split: train, validation or test.
        group: what must not be in two splits.
        mask: the file of its mask.
        width: of the picture in pixels.
        height: of the picture in pixels.
        attributes: columns by the name of the attribute.
        box: four columns, or one that holds four numbers.
        box_format: xyxy (left, top, right, bottom), xywh (left, top, width, height) or cxcywh (of
            the center).
        circle: columns of the center and the radius.
        units: "pixels", or "fractions" of the picture's width and height; a radius is one of its
            width. None where nobody said it.
    """

    file: str
    label: str | None = None
    split: str | None = None
    group: str | None = None
    mask: str | None = None
    width: str | None = None
    height: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    box: tuple[str, ...] = ()
    box_format: str = "xyxy"
    circle: tuple[str, ...] = ()
    units: str | None = None

    @property
    def used(self) -> list[str]:
        """The columns that are read."""
        single = (self.file, self.label, self.split, self.group, self.mask, self.width, self.height)
        return [*filter(None, single), *self.attributes.values(), *self.box, *self.circle]


def yaml_beside(path: Path) -> Path | None:
    """The YAML of the same name beside a table; None where there is none.

    Parameters:
        path: of the table.
    """
    places = (path.with_suffix(ending) for ending in (".yaml", ".yml"))
    return next((place for place in places if place.is_file()), None)


def columns_of(path: Path) -> tuple[Columns, list[str]]:
    """What the columns of a table mean, and the names of those that are not read.

    Parameters:
        path: of the table.

    Raises DataError where no column names the pictures, or the YAML is wrong.
    """
    header = read_header(path)
    if is_automl(header):
        found = by_usual_names(AUTOML[: len(header)])
        assert found is not None  # it has a column "path"
        return replace(found, units="fractions"), []
    if note := yaml_beside(path):
        found = _from_yaml(note, header)
    else:
        found = by_usual_names(header)
    if found is None:
        raise DataError(
            f"No column of {path} is called file, filename, image or path; it has "
            f"{', '.join(header[:8])}. Name them in {path.stem}.yaml: file: COLUMN."
        )
    return found, [name for name in header if name not in found.used]


def by_usual_names(header: Sequence[str]) -> Columns | None:
    """What columns mean by their names; None where none names pictures.

    Parameters:
        header: the names of the columns.
    """
    by_name = {name.strip().lower().replace(" ", "_"): name for name in reversed(header)}
    if OF_OTHER_TOOLS & {*by_name}:
        return None
    single = {
        key: next((by_name[word] for word in words.split() if word in by_name), None)
        for key, words in USUAL.items()
    }
    if single["file"] is None:
        return None
    box, circle = (
        next(
            (
                tuple(by_name[word] for word in words.split())
                for words in choices
                if {*words.split()} <= {*by_name}
            ),
            (),
        )
        for choices in (BOXES, CIRCLES)
    )
    return Columns(**single, box=box, circle=circle)  # pyright: ignore[reportArgumentType]


def _from_yaml(path: Path, header: Sequence[str]) -> Columns:
    content = read_yaml(path)
    keys = list(Columns.__dataclass_fields__)
    if not isinstance(content, dict) or "file" not in content:
        raise _wrong(path, "it must say which column names the pictures, such as file: filename")
    if unknown := {str(key) for key in content} - {*keys}:
        raise _wrong(path, f"{', '.join(sorted(unknown))} is none of {', '.join(keys)}")
    stated: dict[str, Any] = {key: value for key, value in content.items() if value is not None}
    for key, choices in (("box_format", FORMATS), ("units", UNITS)):
        if key in stated and stated[key] not in choices:
            raise _wrong(path, f"{key} is {' or '.join(choices)}, not {stated[key]}")
    attributes = stated.setdefault("attributes", {})
    if isinstance(attributes, list):
        attributes = stated["attributes"] = {name: name for name in attributes}
    for key, counts in (("box", (1, 4)), ("circle", (3,))):
        value = stated.get(key, [])
        value = [value] if isinstance(value, str) else value
        if value and (not isinstance(value, list) or len(value) not in counts):
            raise _wrong(path, f"{key} is a list of {counts[-1]} columns")
        stated[key] = tuple(value)
    if not isinstance(attributes, dict) or not all(isinstance(name, str) for name in attributes):
        raise _wrong(path, "attributes is the column by the name of each: {color: hue}")
    columns = Columns(**stated)
    if missing := [str(name) for name in columns.used if name not in header]:
        raise _wrong(path, f"the table has no column {', '.join(missing)}, but {', '.join(header)}")
    return replace(columns, units=columns.units or "pixels")


def _wrong(path: Path, detail: str) -> DataError:
    return DataError(f"Cannot use {path}: {detail}. See docs/formats/csv.md.")
