"""Folders below a folder, and whether there are pictures, without reading what is in them."""

import os
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from ....frame.storage.folders.signature import why_no_image
from ....frame.storage.folders.walk import is_hidden

MOST_ENTRIES = 2000  # that are looked at to recognize a format


def walk_folders(root: Path) -> Iterator[Path]:
    """The folder and all below it that are not hidden, in a stable order, linked ones too.

    Parameters:
        root: where to begin.

    A folder that cannot be read is passed over, and one that links lead to twice comes once.
    """
    seen, waiting = set[Path](), [root]
    while waiting:
        folder = waiting.pop()
        if folder.is_symlink() or folder == root:
            target = folder.resolve()
            if target in seen or (folder != root and root.resolve().is_relative_to(target)):
                continue
            seen.add(target)
        yield folder
        waiting += sorted(subfolders(folder), reverse=True)


def subfolders(folder: Path) -> list[Path]:
    """The folders in a folder that are not hidden, in the order of the disk.

    Parameters:
        folder: to look into; one that cannot be read has none.
    """
    try:
        with os.scandir(folder) as entries:
            return [Path(e.path) for e in entries if not is_hidden(e.name) and e.is_dir()]
    except OSError:
        return []


def looks_like_picture(name: str) -> bool:
    """Whether a file has the ending of a picture that is read.

    Parameters:
        name: of the file.
    """
    return not why_no_image(name, bytes)


def some_files(root: Path, most: int = MOST_ENTRIES) -> Iterator[str]:
    """Some files below a folder, relative to it with slashes, nearest first: enough to recognize
    a layout, however large the folder is.

    Parameters:
        root: where to begin.
        most: entries that are looked at; a folder takes at most a tenth of them.
    """
    waiting, left = deque([""]), most
    while waiting and left > 0:
        prefix = waiting.popleft()
        try:
            with os.scandir(root / prefix) as entries:
                for _, entry in zip(range(min(left, most // 10)), entries, strict=False):
                    left -= 1
                    if is_hidden(entry.name):
                        continue
                    if entry.is_dir(follow_symlinks=prefix == ""):
                        waiting.append(f"{prefix}{entry.name}/")
                    else:
                        yield prefix + entry.name
        except OSError:
            continue
