"""Which files of a folder are COCO's, and what their names say."""

import re
from collections.abc import Iterator
from pathlib import Path

from ...structures.import_problems import ImportProblems
from .._reading.folders import files_in, subfolders
from .._reading.splits import split_in

LOOKED_AT = 2**16  # bytes at either end of a file
LISTS = [rb'"images"\s*:\s*\[', rb'"annotations"\s*:\s*\[', rb'"categories"\s*:\s*\[']
UNLABELLED = "image_info"  # COCO's own name for pictures without annotations
OTHER_TASKS = ("captions", "person_keypoints", "panoptic", "stuff")  # of the same pictures


def is_coco(file: Path) -> bool:
    """Whether a file is COCO's, by its first and last bytes.

    Parameters:
        file: of any kind.
    """
    try:
        size = file.stat().st_size
        with file.open("rb") as opened:
            start = opened.read(LOOKED_AT)
            opened.seek(max(size - LOOKED_AT, 0))
            looked_at = start + opened.read(LOOKED_AT)
    except OSError:
        return False
    if not start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return False
    there = [re.search(name, looked_at) is not None for name in LISTS]
    return sum(there) >= 2 or (there[0] and b'"file_name"' in looked_at)


def candidates(path: Path) -> Iterator[Path]:
    """JSON files at a path: the file itself, or those in the folder and in the folders in it.

    Parameters:
        path: of a file or a folder.
    """
    if not path.is_dir():
        yield path
        return
    for folder in [path, *sorted(subfolders(path))]:
        yield from files_in(folder, (".json",))


def annotation_files(path: Path, problems: ImportProblems) -> list[Path]:
    """The files to read, by name; pictures without annotations last.

    Parameters:
        path: of a file or a folder.
        problems: told of files that say other things of the same pictures.
    """
    if not path.is_dir():
        return [path]
    files = sorted(file for file in candidates(path) if is_coco(file))
    instances = {(file.parent, split_in(file.stem)) for file in files if _task(file) == "instances"}
    kept = []
    for file in files:
        if _task(file) in OTHER_TASKS and (file.parent, split_in(file.stem)) in instances:
            detail = "the instances of the same pictures are read; name this file to read it"
            problems.add("other task", str(file.relative_to(path)), detail, "noticed")
        else:
            kept.append(file)
    return sorted(kept, key=lambda file: _task(file) == UNLABELLED)


def split_of_file(file: Path, root: Path) -> str | None:
    """The split that the name of a file, or of its folder, says.

    Parameters:
        file: of annotations.
        root: the folder of the user.
    """
    return split_in(file.stem) or (split_in(file.parent.name) if file.parent != root else None)


def picture_folders(root: Path, file: Path) -> list[str]:
    """The folders in which the pictures of a file lie by custom, the likeliest first.

    Parameters:
        root: the folder of the user.
        file: of annotations.
    """
    words = re.split(r"[_.]", file.stem)
    names = [*words[::-1], split_in(file.stem) or "", "val", "valid"]
    likely = [place for name in names if name for place in (f"images/{name}", name)]
    places = [*likely, "images", "data", "train", "test", "JPEGImages"]
    return [place for place in dict.fromkeys(places) if (root / place).is_dir()]


def _task(file: Path) -> str:
    known = ("instances", UNLABELLED, *OTHER_TASKS)
    return next((name for name in known if file.stem.startswith(name)), "")
