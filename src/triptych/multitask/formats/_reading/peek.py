"""Look into a folder for a few files, however many it holds."""

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

START = 4096  # bytes of a file that tell what wrote it
MOST_ENTRIES = 1000  # of a folder that are looked at
MOST_FOLDERS = 20


def peek_files(path: Path, ending: str, *, most: int = 5) -> Iterator[Path]:
    """A few files of an ending in a folder and in those right below; the path itself, where it is
    such a file.

    Parameters:
        path: a file or a folder.
        ending: with its dot, in small letters.
        most: how many are given at most.
    """
    if path.is_file():
        yield from [path] if path.suffix.lower() == ending else []
    else:
        yield from islice(_files(path, ending), most)


def start_of(path: Path, size: int = START) -> bytes:
    """The first bytes of a file; none of one that cannot be read.

    Parameters:
        path: of the file.
        size: how many.
    """
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError:
        return b""


def _files(folder: Path, ending: str) -> Iterator[Path]:
    folders: list[str] = []
    yield from _files_in(str(folder), ending, folders)
    for below in sorted(folders)[:MOST_FOLDERS]:
        yield from _files_in(below, ending, [])


def _files_in(folder: str, ending: str, folders: list[str]) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:
            first = list(islice(entries, MOST_ENTRIES))
    except OSError:
        return
    for entry in sorted(first, key=lambda entry: entry.name):
        if entry.name.startswith("."):
            continue
        if entry.name.lower().endswith(ending) and entry.is_file():
            yield Path(entry.path)
        elif entry.is_dir():
            folders.append(entry.path)
