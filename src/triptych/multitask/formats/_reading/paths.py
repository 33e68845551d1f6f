"""Find the pictures that annotation files name, without ever leaving the folder of the user."""

import os
from functools import lru_cache
from pathlib import Path, PurePosixPath, PureWindowsPath

from ....frame.storage.folders.walk import is_hidden, walk_folder


class PictureFinder:
    """Pictures by the names that annotation files give them.

    A name is looked for relative to the annotation file, to the folder of the user, and to folders
    that hold pictures by custom; then by its last part anywhere below the folder, where that is
    unique. So absolute paths of the annotator's own machine are understood.
    """

    def __init__(self, root: Path, *folders: str):
        """
        Parameters:
            root: the folder of the user; nothing outside of it is ever found.
            folders: in which pictures may lie, relative to the root: "images".
        """
        self.root = root.resolve()
        self.folders = ("", *folders)
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
        bases = [*([beside] if beside else []), *(self.root / folder for folder in self.folders)]
        for base in bases:
            path = Path(os.path.normpath(base.joinpath(*parts)))
            if path.is_relative_to(self.root) and path.name in self._listing(path.parent):
                return path
        if self._by_name is None:
            self._by_name = {}
            for relative, why_not in walk_folder(self.root):
                if not why_not and not is_hidden(relative):
                    self._by_name.setdefault(PurePosixPath(relative).name, []).append(relative)
        matches = self._by_name.get(parts[-1], [])
        return self.root / matches[0] if len(matches) == 1 else None


def _parts(name: str) -> tuple[str, ...]:
    """The parts of a path of any system, without drive and root."""
    if "\0" in name:
        return ()
    path = PureWindowsPath(name) if "\\" in name or name[1:2] == ":" else PurePosixPath(name)
    parts = path.parts[1:] if path.anchor else path.parts
    return tuple(part for part in parts if part != ".")


def _names_in(folder: Path) -> frozenset[str]:
    try:
        return frozenset(os.listdir(folder))  # noqa: PTH208 -- names alone, without a Path each
    except OSError:
        return frozenset()
