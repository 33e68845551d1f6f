"""Find the files of sets by their names: `[PREFIX-]train-images-idx3-ubyte` and their like."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

from ....frame.errors import DataError
from ....frame.storage.files import os_error_reason

MOST_ENTRIES = 100_000  # of a folder that is searched
NAME = re.compile(
    r"(?P<prefix>(?:.*?[-_. ])??)(?:(?P<split>train|t10k|test|validation|valid|val)[-_.])?"
    r"(?P<content>images?|imgs|labels?)(?P<ending>[-_.].*)",
    re.IGNORECASE,
)
IDX_ENDING = re.compile(
    r"[-_.](idx\d?([-_.](u?byte|short|int|float|double))?|ubyte)(\.idx)?(\.gz)?", re.IGNORECASE
)
NPZ_ENDING = re.compile(r"\.npz", re.IGNORECASE)
SPLITS: dict[str, str] = {"train": "train", "t10k": "test", "test": "test"}

Content = Literal["images", "labels"]
Pair = tuple[Path, Path]


@dataclass(frozen=True)
class FileSet:
    """The files of one set in a folder.

    Parameters:
        folder: where they lie.
        prefix: what their names begin with before the split, such as "emnist-letters".
        files: the path of the images, or of the labels, of a split.
    """

    folder: Path
    prefix: str
    files: dict[tuple[str, Content], Path]

    @property
    def path(self) -> Path:
        """What names this set as a source: its folder with the prefix, or a file of it."""
        return self.folder / self.prefix if self.prefix else next(iter(self.files.values()))

    def pairs(self) -> dict[str, Pair]:
        """The file of images and that of labels of each split, training first.

        Raises DataError where one of the two is missing, or there is no part for training.
        """
        present: list[str] = [split for split, _ in self.files]
        splits: list[str] = ["train", *(s for s in ("validation", "test") if s in present)]
        return {
            split: (self._file(split, "images"), self._file(split, "labels")) for split in splits
        }

    def _file(self, split: str, content: Content) -> Path:
        if (split, content) not in self.files:
            example = next(iter(self.files.values()))
            name = _sibling(example.name, split, content)
            raise DataError(
                f"Expected {name} (packed by gzip or not) in {self.folder}, found none."
                " Put it there."
            )
        return self.files[split, content]


def find_sets(path: Path, ending: re.Pattern[str]) -> list[FileSet]:
    """The sets that a path names: those of the first folder that has any.

    Parameters:
        path: a folder; one that holds it, or its folder `raw`, as torchvision lays it out; a file
            of the set; or FOLDER/PREFIX.
        ending: how its files' names end after "images" or "labels".

    Raises DataError for a folder that cannot be listed.
    """
    if path.is_dir():
        for folders in search_levels(path):
            found = [one for folder in folders for one in _sets_in(folder, ending)]
            if found:
                return found
        return []
    name = NAME.fullmatch(path.name) if path.is_file() else None
    if path.is_file() and (name is None or not ending.fullmatch(name["ending"])):
        return []
    prefix = _prefix(name) if name else path.name
    if not path.parent.is_dir():
        return []
    return [one for one in _sets_in(path.parent, ending) if one.prefix == prefix]


def one_set(sets: Sequence[FileSet], path: Path, example: str) -> FileSet:
    """The only one of the sets found.

    Parameters:
        sets: as `find_sets` gives them.
        path: where they were looked for, for errors.
        example: a file that is looked for, for errors.

    Raises DataError where there is none, or there are several.
    """
    if len(sets) > 1:
        names = [str(one.path) for one in sets[:8]]
        raise DataError(
            f"Expected one set in {path}, found {len(sets)}: {', '.join(names)}. Name one of them."
        )
    if not sets:
        if not path.exists():
            raise DataError(f"Expected a folder of files, found none at {path}. Check the path.")
        raise DataError(f"Expected {example} in {path}, found none. Put it there.")
    return sets[0]


def search_levels(folder: Path) -> Iterator[list[Path]]:
    """The folders to look in, nearest first: itself, its `raw`, those in it with their `raw`.

    Parameters:
        folder: where to begin.
    """
    yield [folder]
    inner = [path for path in entries(folder) if path.is_dir()]
    yield [path for path in inner if path.name == "raw"]
    yield [place for path in inner for place in (path, path / "raw") if place.is_dir()]


def entries(folder: Path) -> list[Path]:
    """What lies in a folder, by name; of a huge one only a part.

    Parameters:
        folder: the folder.

    Raises DataError where it cannot be listed.
    """
    try:
        found = sorted(islice(folder.iterdir(), MOST_ENTRIES))
    except OSError as error:
        raise DataError(
            f"Cannot list the folder {folder}: {os_error_reason(error)}. Check its rights."
        ) from error
    return [path for path in found if not path.name.startswith(".")]


def holder(path: Path, test: Callable[[Path], bool]) -> Path | None:
    """The first folder at or below a path with a file that passes a test; None where none has.

    Parameters:
        path: a folder, or a file that is tested itself.
        test: tells the files that are looked for.

    Raises DataError where several folders beside each other have such files.
    """
    if path.is_file():
        return path if test(path) else None
    if not path.is_dir():
        return None
    for folders in search_levels(path):
        found = [folder for folder in folders if any(map(test, entries(folder)))]
        if len(found) > 1:
            names = ", ".join(map(str, found[:8]))
            raise DataError(f"Expected one set in {path}, found several: {names}. Name one.")
        if found:
            return found[0]
    return None


def _sets_in(folder: Path, ending: re.Pattern[str]) -> list[FileSet]:
    sets: dict[str, FileSet] = {}
    listed = entries(folder)
    # a plain file before its packed twin, "t10k" before "test"
    for path in sorted(listed, key=lambda path: (path.suffix == ".gz", "test" in path.name)):
        name = NAME.fullmatch(path.name)
        if name is None or not ending.fullmatch(name["ending"]):
            continue
        # some unpackers make a folder of the file's name around it
        file = path / path.name if path.is_dir() else path
        if file.is_file():
            prefix = _prefix(name)
            found = sets.setdefault(prefix, FileSet(folder, prefix, {}))
            split = SPLITS.get((name["split"] or "train").lower(), "validation")
            content = "labels" if name["content"].lower().startswith("label") else "images"
            found.files.setdefault((split, content), file)
    return [sets[prefix] for prefix in sorted(sets)]


def _prefix(name: re.Match[str]) -> str:
    return name["prefix"].rstrip("-_. ")


def _sibling(name: str, split: str, content: Content) -> str:
    """How the file of another split or content would be called, after the example of one."""
    match = NAME.fullmatch(name)
    if match is None:
        return f"{split}-{content}"
    own = (match["split"] or "train").lower()
    word = own if SPLITS.get(own, "validation") == split else split
    word = "t10k" if split == "test" and own in ("train", "t10k") else word
    ending = match["ending"].removesuffix(".gz").replace("idx3", "idx").replace("idx1", "idx")
    ending = ending.replace("idx", "idx3" if content == "images" else "idx1")
    return f"{match['prefix']}{word}-{content}{ending}"
