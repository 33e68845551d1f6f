"""Find the pictures that annotation files name, without ever leaving the folder of the user."""

import os
from functools import lru_cache
from itertools import takewhile
from pathlib import Path, PurePosixPath, PureWindowsPath

from ....frame.storage.folders.walk import is_hidden, walk_folder
from .folders import is_folder


class PictureFinder:
    """Pictures by the names that annotation files give them.

    A name is looked for relative to the annotation file, to the folder of the user, and to folders
    that hold pictures by custom; then by its last parts anywhere below the folder, where one file
    has more of them than the others. So absolute paths of another machine are understood.
    """

    def __init__(self, root: Path, *folders: str):
        """
        Parameters:
            root: the folder of the user; nothing outside of it is ever found.
            folders: in which pictures may lie, relative to the root: "images".
        """
        self.root = root.resolve()
        self._inside = f"{self.root}{os.sep}"
        self._bases = [f"{self.root}{os.sep}{folder}" for folder in ("", *folders)]
        self._by_name: dict[str, list[str]] | None = None
        self._listing = lru_cache(maxsize=256)(_names_in)

    def find(self, name: str, beside: Path | None = None) -> Path | None:
        """The file of a picture; None where there is none in the folder.

        Parameters:
            name: as the annotation states it, with slashes of either kind.
            beside: the folder of the annotation file.
        """
        parts = _parts(name)
        if not parts:
            return None
        for base in [*([str(beside)] if beside else []), *self._bases]:
            # text, for a Path costs more than the look-up
            path = os.path.normpath(os.sep.join((base, *parts)))  # noqa: PTH118
            folder, last = os.path.split(path)
            if path.startswith(self._inside) and last in self._listing(folder):
                return Path(path)
        match = self._most_alike(parts)
        return self.root / match if match else None

    def _most_alike(self, parts: tuple[str, ...]) -> str | None:
        """Of all files of this name the one whose folders are the same from the end on for
        longest; None where there are several."""
        if self._by_name is None:
            self._by_name = {}
            for relative, why_not in walk_folder(self.root):
                if not why_not and not is_hidden(relative):
                    self._by_name.setdefault(PurePosixPath(relative).name, []).append(relative)
        matches = self._by_name.get(parts[-1], [])
        if len(matches) < 2:
            return matches[0] if matches else None
        alike = [_same_from_end(PurePosixPath(match).parts, parts) for match in matches]
        return matches[alike.index(max(alike))] if alike.count(max(alike)) == 1 else None


def _same_from_end(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    pairs = zip(reversed(one), reversed(other), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _parts(name: str) -> tuple[str, ...]:
    """The parts of a path of any system, without drive and root."""
    if "\0" in name:
        return ()
    path = PureWindowsPath(name) if "\\" in name or name[1:2] == ":" else PurePosixPath(name)
    parts = path.parts[1:] if path.anchor else path.parts
    return tuple(part for part in parts if part != ".")


def _names_in(folder: str) -> frozenset[str]:
    try:
        with os.scandir(folder) as entries:
            return frozenset(entry.name for entry in entries if not is_folder(entry))
    except OSError:
        return frozenset()
