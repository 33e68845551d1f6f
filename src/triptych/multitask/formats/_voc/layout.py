"""Where the files of a Pascal VOC set lie, and the splits of its lists."""

import os
from collections.abc import Iterator
from pathlib import Path

from ...structures.import_problems import ImportProblems
from .._reading.folders import looks_like_picture, subfolders, walk_folders
from .._reading.splits import split_of

ANNOTATIONS = "Annotations"
PICTURE_FOLDERS = ("JPEGImages", "images", "Images", "imgs")
LISTS = ("ImageSets/Main", "ImageSets/Segmentation", "ImageSets")
SPLITS = {"train": "train", "val": "validation", "test": "test"}


def sets_in(root: Path) -> list[Path]:
    """The folders that are one set each: those that hold `Annotations`, as VOC2007 and VOC2012 in
    VOCdevkit do; else the root itself.

    Parameters:
        root: the folder of the user.
    """
    if (root / ANNOTATIONS).is_dir():
        return [root]
    below = sorted(folder for folder in subfolders(root) if (folder / ANNOTATIONS).is_dir())
    return below or [root]


def annotation_folders(base: Path) -> Iterator[Path]:
    """The folders of a set that may hold XML files, in a stable order.

    Parameters:
        base: of the set.
    """
    yield from walk_folders(base / ANNOTATIONS if (base / ANNOTATIONS).is_dir() else base)


def picture_folders(base: Path, folder: Path) -> list[Path]:
    """The folders in which the pictures of a folder of XML files lie, the likeliest first.

    Parameters:
        base: of the set.
        folder: of XML files.
    """
    annotations = base / ANNOTATIONS
    inside = folder.relative_to(annotations) if folder.is_relative_to(annotations) else Path()
    parents = [base, folder.parent] if folder != base else [base]
    places = [parent / name / inside for parent in parents for name in PICTURE_FOLDERS]
    return [place for place in dict.fromkeys([*places, folder]) if place.is_dir()]


def pictures_by_stem(folder: Path) -> dict[str, str]:
    """The names of the pictures in a folder, by the part before the ending; of two, the first.

    Parameters:
        folder: of pictures.
    """
    names = sorted(filter(looks_like_picture, names_in(folder)), reverse=True)
    return {os.path.splitext(name)[0]: name for name in names}  # noqa: PTH122 -- a million names


def names_in(folder: Path) -> list[str]:
    """The names of the files in a folder, sorted; none where it cannot be read.

    Parameters:
        folder: to look into.
    """
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208 -- names alone
    except OSError:
        return []


def read_splits(base: Path, root: Path, problems: ImportProblems) -> dict[str, str]:
    """The split of each picture by its name without ending, as `ImageSets` lists it.

    Parameters:
        base: of the set.
        root: the folder of the user.
        problems: told of names that stand in several lists: they stay in the first of train, val
            and test, so that nothing is tested that was trained on.

    Names that only stand in trainval are for training.
    """
    folder = next((base / name for name in LISTS if (base / name).is_dir()), None)
    splits: dict[str, str] = {}
    for name, split in SPLITS.items():
        for stem in _listed(folder, name):
            kept = splits.setdefault(stem, split)
            if kept != split:
                place = f"{(folder or base).relative_to(root)}/{name}.txt, {stem}"
                detail = f"it stands in the list of {kept} too, and stays there"
                problems.add("picture in two splits", place, detail, "mended")
    for stem in _listed(folder, "trainval"):
        splits.setdefault(stem, "train")
    return splits


def split_of_folder(folder: Path, root: Path) -> str | None:
    """The split that the name of a folder, or of one above it, says.

    Parameters:
        folder: of XML files.
        root: the folder of the user.
    """
    parts = folder.relative_to(root).parts
    return next((split for part in reversed(parts) if (split := split_of(part))), None)


def list_files(base: Path) -> Iterator[Path]:
    """The files that list the splits.

    Parameters:
        base: of the set.
    """
    for folder in (base / name for name in LISTS):
        for name in (*SPLITS, "trainval"):
            if (folder / f"{name}.txt").is_file():
                yield folder / f"{name}.txt"


def _listed(folder: Path | None, name: str) -> Iterator[str]:
    file = folder / f"{name}.txt" if folder else None
    if file and file.is_file():
        with file.open(encoding="utf8", errors="replace") as lines:
            yield from (words[0] for line in lines if (words := line.split()))
