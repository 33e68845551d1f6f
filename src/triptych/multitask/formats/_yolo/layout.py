"""Where the pictures of a YOLO set lie, and the rows of each."""

import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path, PurePosixPath

from ...structures.import_problems import ImportProblems
from .._reading.folders import looks_like_picture, walk_folders
from .._reading.listed_pictures import ListedPictures
from .._reading.paths import PictureFinder
from .._reading.splits import split_in, split_of
from .settings import YoloSettings, splits_of


class YoloLayout:
    """Lists pictures, and finds the labels of each by listings of folders."""

    def __init__(self, root: Path, settings: YoloSettings, problems: ImportProblems):
        """
        Parameters:
            root: the folder of the user; nothing outside of it is read.
            settings: what data.yaml says.
            problems: told of places that are not there.
        """
        self.root, self.settings, self.problems = root, settings, problems
        self._names = lru_cache(maxsize=256)(_names_in)

    def pictures(self) -> Iterator[tuple[Path, str | None]]:
        """Pictures with their split, each once: those that data.yaml names, else all."""
        places = list(splits_of(self.settings))
        seen = set[int]()
        if not places:
            for picture in self._below(self.root):
                yield picture, self._split_of(picture)
            return
        for split, place in places:
            for picture in self._at(place, split):
                if hash(picture) in seen:
                    detail = f"the picture {picture.name} is in a split already; it stays there"
                    self.problems.add("picture in two splits", place, detail, "mended")
                else:
                    seen.add(hash(picture))  # a million paths are large
                    yield picture, split

    def label_file(self, picture: Path) -> Path | None:
        """The file of a picture's rows; None where there is none.

        Parameters:
            picture: below the root.

        The last `/images/` of its path below the root becomes `/labels/`; without one, and where
        there is none, it lies beside the picture.
        """
        folder = f"/{picture.parent.relative_to(self.root).as_posix()}/"
        before, between, behind = folder.rpartition("/images/")
        places = [f"{before}/labels/{behind}"] if between else []
        for place in [*places, folder]:
            name = f"{picture.stem}.txt"
            if name in self._names(f"{self.root}{place}"):
                return Path(f"{self.root}{place}{name}")
        return None

    def folders(self) -> Iterator[Path]:
        """All folders below the root: their listings say which pictures and labels there are."""
        yield from walk_folders(self.root)

    def text_files(self, folder: Path) -> Iterator[Path]:
        """The text files in a folder.

        Parameters:
            folder: below the root.
        """
        names = sorted(self._names(str(folder)))
        yield from (folder / name for name in names if name.endswith(".txt"))

    def _at(self, stated: str, split: str) -> Iterator[Path]:
        place = self._locate(stated)
        if place is None:
            detail = f"{split} is to be in {stated[:80]}, which is not in {self.root}"
            file = self.settings.file
            self.problems.add("missing folder", file.name if file else "", detail, "file left out")
        elif place.is_dir():
            yield from self._below(place)
        else:
            yield from self._listed(place)

    def _locate(self, stated: str) -> Path | None:
        """A place as data.yaml states it: below "path", else its last parts below the root, for it
        was written on another machine, or leaves the folder as Roboflow's "../train/images"."""
        for text in (f"{self.settings.folder}/{stated}", stated):
            parts = PurePosixPath(text.replace("\\", "/")).parts
            path = Path(os.path.normpath(self.root.joinpath(*parts)))
            if path.is_relative_to(self.root) and path.exists():
                return path
        parts = PurePosixPath(stated.replace("\\", "/")).parts
        parts = tuple(part for part in parts if part not in ("/", "..", ".") and part[1:2] != ":")
        for first in range(len(parts)):
            path = self.root.joinpath(*parts[first:])
            if path.exists():
                return path
        return None

    def _below(self, folder: Path) -> Iterator[Path]:
        for each in walk_folders(folder):
            names = sorted(filter(looks_like_picture, self._names(str(each))))
            yield from (each / name for name in names)

    def _listed(self, file: Path) -> Iterator[Path]:
        finder = PictureFinder(self.root, self.settings.folder.strip("/\\"))
        root, real = self.root, finder.root
        listed = ListedPictures(root, self.problems)
        with file.open(encoding="utf8", errors="replace") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                picture = finder.find(line.strip(), real / file.parent.relative_to(root))
                if picture is None:
                    place = f"{file.relative_to(root)}, line {number}"
                    listed.tell_missing(line.strip(), place)
                else:
                    yield root / picture.relative_to(real)

    def _split_of(self, picture: Path) -> str | None:
        parts = picture.parent.relative_to(self.root).parts
        named = (split_of(part) or split_in(part) for part in reversed(parts))
        return next(filter(None, named), None)


def _names_in(folder: str) -> frozenset[str]:
    try:
        return frozenset(os.listdir(folder))  # noqa: PTH208 -- names alone, without a Path each
    except OSError:
        return frozenset()
