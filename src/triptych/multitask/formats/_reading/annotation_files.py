"""The annotation files of an ending below a path, in a stable order."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ....frame.storage.folders.walk import is_hidden, walk_folder
from ...structures.import_problems import ImportProblems
from .documents import finite
from .drawn import shown

LONGEST_SIDE = 1_000_000  # pixels, of an image


class AnnotationFiles:
    """The files of an ending below a folder, sorted by name; or the one file that is named.

    Names alone are kept in memory, so that hundreds of thousands are no burden.
    """

    def __init__(self, path: Path, ending: str):
        """
        Parameters:
            path: the file or the folder.
            ending: with its dot, in small letters.
        """
        self._names: list[str] = []
        if path.is_dir():
            self.root = path.resolve()
            with contextlib.suppress(OSError):
                self._names = sorted(
                    name
                    for name, why_not in walk_folder(self.root)
                    if not why_not and name.lower().endswith(ending) and not is_hidden(name)
                )
        else:
            self.root = path.parent.resolve()
            self._names = [path.name]

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[Path]:
        return (self.root / name for name in self._names)


def side(value: Any, key: str, place: str, problems: ImportProblems) -> int | None:
    """A width or height in pixels; None where the file does not state it, or no such number.

    Parameters:
        value: what stood in the file.
        key: under which it stood.
        place: the file, and the entry in it.
        problems: told of what is no such number.
    """
    if value is None:
        return None
    number = finite(value)
    if number is not None and 1 <= number <= LONGEST_SIDE and number == int(number):
        return int(number)
    detail = f"expected pixels as {key}, got {shown(value)}"
    problems.add("size of an image", place, detail, "mended")
    return None
