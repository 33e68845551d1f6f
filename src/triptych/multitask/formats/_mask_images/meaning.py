"""What the numbers in masks mean: from masks.yaml, a list of classes, or the known sets."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from ....frame.errors import DataError
from ....frame.storage.files import os_error_reason
from .._reading.documents import MAX_YAML, read_yaml
from .known_sets import BACKGROUNDS, Meaning, known_set
from .values import BORDER, Kind, MaskSample, kind_of

YAMLS = ("masks.yaml", "masks.yml")
LISTS = ("labelmap.txt", "classes.txt", "class_names.txt", "labels.txt")
KEYS = ("kind", "classes", "ignore", "label", "colors")
NUMBERED = re.compile(r"(\d{1,5})\s*[:,;\s]\s*(\S.*)")
LABELMAP = re.compile(r"([^:#]+):(\d{1,3}),(\d{1,3}),(\d{1,3})(?::.*)?")  # as CVAT writes it
SOFT_FROM = 128  # grey from which a blurred pixel belongs to the thing


@dataclass(frozen=True)
class StatedMeaning:
    """What files beside the masks say of them; None and empty where they do not.

    Parameters:
        kind: of the masks.
        classes: the names by value.
        ignored: values that do not count.
        label: the class of the things in binary and instance masks.
        colors: the number of the class by its color, where masks are in colors.
        files: that were read.
    """

    kind: Kind | None = None
    classes: Mapping[int, str] = field(default_factory=dict)
    ignored: tuple[int, ...] = ()
    label: str | None = None
    colors: Mapping[tuple[int, int, int], int] = field(default_factory=dict)
    files: tuple[Path, ...] = ()


def read_stated(folders: Sequence[Path]) -> StatedMeaning:
    """What files in these folders say of the masks: the first masks.yaml, else the first list.

    Parameters:
        folders: from the nearest on.

    Raises DataError where one is damaged.
    """
    files = [folder / name for names in (YAMLS, LISTS) for folder in folders for name in names]
    path = next((path for path in files if path.is_file()), None)
    if path is None:
        return StatedMeaning()
    return _from_yaml(path) if path.name in YAMLS else _from_list(path)


def infer(names: Sequence[str], samples: Sequence[MaskSample], stated: StatedMeaning) -> Meaning:
    """What the numbers mean, by what is stated, what set it is, and what the pixels hold.

    Parameters:
        names: of the masks, relative to the root.
        samples: of some of them.
        stated: what files beside them say.
    """
    values = sorted({value for one in samples for value in one.values})
    known = known_set(names, values, stated.kind)
    if known and not stated.classes:
        return known
    kind = stated.kind or ("classes" if len(stated.classes) > 1 else kind_of(samples))
    label = stated.label or (next(iter(stated.classes.values())) if stated.classes else None)
    if kind == "instances":
        return Meaning("instances", ignored=stated.ignored, label=stated.label)
    if kind == "binary":
        return Meaning("binary", _binary_classes(samples, label or "foreground"), stated.ignored)
    ignored = stated.ignored
    if not ignored and BORDER in values and BORDER not in stated.classes:
        ignored = (BORDER,)
    numbered = stated.classes or {value: str(value) for value in values if value not in ignored}
    counted = [value for value in values if value not in ignored]
    numbers = {*numbered}
    if counted and 0 in counted and counted[-1] == len(numbers) == max(numbers) + 1:
        numbered = {value + 1: name for value, name in numbered.items()}  # 0 is none of the list
    names_by_value = {
        value: "" if name.lower() in BACKGROUNDS else name for value, name in numbered.items()
    }
    if not stated.classes or 0 not in names_by_value:
        names_by_value[0] = ""
    return Meaning("classes", dict(sorted(names_by_value.items())), ignored)


def _binary_classes(samples: Sequence[MaskSample], label: str) -> dict[int, str]:
    if any(one.soft for one in samples):
        return {value: label if value >= SOFT_FROM else "" for value in range(256)}
    on = {value for one in samples for value in one.values if value}
    return {0: "", **dict.fromkeys(sorted(on | {1, BORDER}), label)}


def _from_yaml(path: Path) -> StatedMeaning:
    content = read_yaml(path)
    if not isinstance(content, dict):
        raise _wrong(path, f"expected {', '.join(KEYS)}, each with a colon")
    if unknown := {str(key) for key in content} - {*KEYS}:
        raise _wrong(path, f"{', '.join(sorted(unknown))} is none of {', '.join(KEYS)}")
    kind = content.get("kind")
    if kind is not None and kind not in get_args(Kind):
        raise _wrong(path, f"kind is binary, classes or instances, not {kind}")
    ignored = content.get("ignore", [])
    ignored = ignored if isinstance(ignored, list) else [ignored]
    if not all(_is_number(value) for value in ignored):
        raise _wrong(path, "ignore is a list of values, such as [255]")
    classes = _named(content.get("classes") or {}, path)
    colors = _colors(content.get("colors") or {}, path)
    if colors:
        classes = dict(enumerate(content["colors"]))
    label = content.get("label")
    return StatedMeaning(
        kind, classes, tuple(ignored), None if label is None else str(label), colors, (path,)
    )


def _named(classes: Any, path: Path) -> dict[int, str]:
    if isinstance(classes, list):
        classes = dict(enumerate(classes))
    if not isinstance(classes, dict) or not all(
        _is_number(value) and isinstance(name, (str, int)) for value, name in classes.items()
    ):
        raise _wrong(path, "classes is a list of names, or the name by each value: {1: pet}")
    return {value: str(name) for value, name in classes.items()}


def _colors(colors: Any, path: Path) -> dict[tuple[int, int, int], int]:
    if not isinstance(colors, dict) or not all(
        isinstance(name, str)
        and isinstance(color, list)
        and len(color) == 3
        and all(_is_number(channel) and channel < 256 for channel in color)
        for name, color in colors.items()
    ):
        raise _wrong(path, "colors is red, green, blue by name: {road: [128, 64, 128]}")
    red_green_blue = {number: tuple(color) for number, color in enumerate(colors.values())}
    return {(red, green, blue): number for number, (red, green, blue) in red_green_blue.items()}


def _from_list(path: Path) -> StatedMeaning:
    try:
        if path.stat().st_size > MAX_YAML:
            raise ValueError("it is too large for a list of classes")
        lines = [line.strip() for line in path.read_text("utf-8-sig").splitlines()]
    except (OSError, ValueError) as error:
        raise DataError(f"Cannot read {path}: {os_error_reason(error)}.") from error
    lines = [line for line in lines if line and not line.startswith("#")]
    if lines and all(matches := [LABELMAP.fullmatch(line) for line in lines]):
        rows = [match.groups() for match in matches if match]
        colors = {(int(r), int(g), int(b)): number for number, (_, r, g, b) in enumerate(rows)}
        names = {number: row[0].strip() for number, row in enumerate(rows)}
        return StatedMeaning("classes", names, colors=colors, files=(path,))
    if lines and all(matches := [NUMBERED.fullmatch(line) for line in lines]):
        return StatedMeaning(classes={int(m[1]): m[2] for m in matches if m}, files=(path,))
    names = [line for line in lines if line != "__ignore__"]  # LabelMe's number -1
    return StatedMeaning(classes=dict(enumerate(names)), files=(path,))


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 2**16


def _wrong(path: Path, detail: str) -> DataError:
    return DataError(f"Cannot use {path}: {detail}. See docs/formats/masks.md.")
