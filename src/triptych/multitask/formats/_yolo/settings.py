"""What data.yaml says, or the lists of names that stand in its place."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ....frame.errors import DataError
from ...structures.import_problems import ImportProblems
from .._format import Vocabulary
from .._reading.documents import read_yaml

NAME_LISTS = ("classes.txt", "obj.names", "labels/classes.txt", "data/obj.names")
SPLITS = {"train": "train", "val": "validation", "valid": "validation", "test": "test"}
MOST_KEYPOINTS = 1000


@dataclass(frozen=True)
class YoloSettings:
    """What is said of a set as a whole.

    Parameters:
        file: data.yaml, or the list of names; None for neither.
        classes: names by number.
        folder: "path" of data.yaml, as it stands there.
        splits: folders or lists of pictures by split, as they stand there.
        oriented: whether rows of nine numbers are turned boxes.
        keypoints: how many there are, and 2 or 3 numbers for each; None for none.
        vocabulary: all names.
    """

    file: Path | None = None
    classes: dict[int, str] = field(default_factory=dict)
    folder: str = ""
    splits: dict[str, list[str]] = field(default_factory=dict)
    oriented: bool = False
    keypoints: tuple[int, int] | None = None
    vocabulary: Vocabulary = field(default_factory=Vocabulary)


def settings_file(path: Path) -> Path | None:
    """The data.yaml of a path: the file itself, else the YAML file of the folder that has names;
    else a list of names.

    Parameters:
        path: of a file or a folder.
    """
    if path.is_file():
        return path
    named = [path / "data.yaml", path / "dataset.yaml", path / "data.yml"]
    others = sorted([*path.glob("*.yaml"), *path.glob("*.yml")])
    for file in dict.fromkeys([*named, *others]):
        if file.is_file() and is_data_yaml(file):
            return file
    return next((path / name for name in NAME_LISTS if (path / name).is_file()), None)


def is_data_yaml(file: Path) -> bool:
    """Whether a YAML file is YOLO's: it has names, and pictures of a split or a count of names.

    Parameters:
        file: of any kind.
    """
    try:
        value = read_yaml(file)
    except DataError:
        return file.name == "data.yaml"  # so that the damage is told
    return isinstance(value, dict) and "names" in value and bool({*value} & {*SPLITS, "nc", "path"})


def read_settings(path: Path, problems: ImportProblems) -> YoloSettings:
    """What is said of the set at a path.

    Parameters:
        path: of a file or a folder.
        problems: told of names that are none.

    Raises DataError for a data.yaml that is damaged or says what cannot be.
    """
    file = settings_file(path)
    if file is None:
        return YoloSettings()
    if file.suffix.lower() not in (".yaml", ".yml"):
        lines = file.read_text("utf8", errors="replace").splitlines()
        names = {number: line.strip() for number, line in enumerate(lines) if line.strip()}
        return YoloSettings(file, names, vocabulary=Vocabulary(tuple(names.values())))
    value = read_yaml(file)
    if not isinstance(value, dict):
        raise DataError(f"{file} must hold names and folders, got {type(value).__name__}.")
    classes = _names(value.get("names"), file, problems)
    keypoints = _keypoint_shape(value.get("kpt_shape"), file)
    splits: dict[str, list[str]] = {}
    for key, split in SPLITS.items():
        stated = value.get(key)
        places = stated if isinstance(stated, list) else [stated]
        splits.setdefault(split, []).extend(text for text in places if isinstance(text, str))
    folder = value.get("path")
    return YoloSettings(
        file=file,
        classes=classes,
        folder=folder if isinstance(folder, str) else "",
        splits={split: places for split, places in splits.items() if places},
        oriented=str(value.get("task", "")).lower() == "obb" or "obb" in file.parent.name.lower(),
        keypoints=keypoints,
        vocabulary=_vocabulary(value, classes, keypoints, file),
    )


def _names(stated: Any, file: Path, problems: ImportProblems) -> dict[int, str]:
    if isinstance(stated, str):
        stated = stated.split(",")
    pairs = enumerate(stated) if isinstance(stated, list) else None
    if isinstance(stated, dict):
        pairs = stated.items()
    if pairs is None:
        raise DataError(f'{file} needs "names": a list, or names by number.')
    names: dict[int, str] = {}
    for key, name in pairs:
        number = int(key) if str(key).isdecimal() and len(str(key)) < 9 else None
        place = f"{file.name}, name {str(key)[:40]}"
        if number is None:
            problems.add("class without number", place, "its key is no number", "mended")
        elif not isinstance(name, (str, int, float)) or not str(name).strip():
            detail = f"it is no name; the class is called {number}"
            problems.add("category without name", place, detail, "mended")
            names[number] = str(number)
        else:
            names[number] = " ".join(str(name).split())
    return dict(sorted(names.items()))


def _keypoint_shape(stated: Any, file: Path) -> tuple[int, int] | None:
    if stated is None:
        return None
    whole = isinstance(stated, list) and len(stated) == 2
    whole = whole and all(type(number) is int for number in stated)
    if not whole or not 0 < stated[0] <= MOST_KEYPOINTS or stated[1] not in (2, 3):
        raise DataError(f"{file}: kpt_shape must be [count, 2 or 3], such as [17, 3].")
    return stated[0], stated[1]


def _vocabulary(
    value: dict[Any, Any], classes: dict[int, str], keypoints: tuple[int, int] | None, file: Path
) -> Vocabulary:
    if keypoints is None:
        return Vocabulary(tuple(classes.values()))
    count, names = keypoints[0], value.get("kpt_names")
    if isinstance(names, dict):
        names = next(iter(names.values()), None)  # by class; those of the first
    if not (isinstance(names, list) and len(names) == count):
        names = range(count)
    flipped = value.get("flip_idx")
    if flipped is not None and (
        not isinstance(flipped, list)
        or not all(type(number) is int for number in flipped)
        or sorted(flipped) != [*range(count)]
    ):
        raise DataError(f"{file}: flip_idx must hold each of 0 … {count - 1} once.")
    pairs = tuple((one, other) for one, other in enumerate(flipped or []) if one < other)
    return Vocabulary(tuple(classes.values()), {}, tuple(map(str, names)), pairs)


def splits_of(settings: YoloSettings) -> Iterator[tuple[str, str]]:
    """Each folder or list of pictures, with its split.

    Parameters:
        settings: of the set.
    """
    for split, places in settings.splits.items():
        yield from ((split, place) for place in places)
