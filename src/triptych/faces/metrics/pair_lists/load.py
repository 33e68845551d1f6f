"""Load a list of pairs, whatever its format; the format is told by the content."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from jaxtyping import Bool, Int64

from ....frame.errors import DataError
from ...photos.identity_folder import IdentityFolder
from ..pairs import FOLDS, Pairs
from .lfw import is_lfw, is_lfw_csv, read_lfw, read_lfw_csv
from .listing import ListedPair, Photo, read_lines
from .paths import is_paths, read_paths

AMBIGUOUS = -1  # in place of a photo's number: several photos are called so


@dataclass(frozen=True)
class PairFormat:
    """A format of lists of pairs.

    Parameters:
        name: what errors call it.
        matches: whether lines are of this format, by a look at the first.
        read: the pairs of lines, of a list of this path; and how many folds of equal size it tells.
    """

    name: str
    matches: Callable[[Sequence[str]], bool]
    read: Callable[[Sequence[str], str], tuple[list[ListedPair], int | None]]


FORMATS = (
    PairFormat("LFW's pairs.txt ('10 300') or pairsDevTest.txt ('500')", is_lfw, read_lfw),
    PairFormat("Kaggle's pairs.csv ('name,imagenum1,imagenum2')", is_lfw_csv, read_lfw_csv),
    PairFormat("two paths and 0 or 1 ('Ann/1.jpg Bob/2.jpg 0')", is_paths, read_paths),
)


def load_pairs(path: str | Path, identities: IdentityFolder, *, folds: int = FOLDS) -> Pairs:
    """The pairs listed in a file of any of `FORMATS`.

    Folds are those of the list. Where it tells none but same and different pairs alternate in
    blocks of one size, as in LFW's list, two blocks are a fold; else the same pairs, and the
    different ones, are dealt out in turn.

    Parameters:
        path: of the list.
        identities: the photos it is of.
        folds: how many to deal out, where the list has none.

    Raises DataError, with the line's number, where the list is malformed, a photo is missing, or a
    pair is of one person in the list and of two in the folders.
    """
    lines = read_lines(Path(path))
    form = next((form for form in FORMATS if form.matches(lines)), None)
    if form is None:
        raise DataError(
            f"{path}, line 1: expected a list of pairs: {', '.join(f.name for f in FORMATS)}; got "
            f"'{lines[0].strip()[:40]}'. Give one of these."
        )
    listed, count = form.read(lines, str(path))
    photos = _PhotoNumbers(identities)
    first, second = np.empty((2, len(listed)), np.int64)
    for index, pair in enumerate(listed):
        first[index] = photos.find(pair.first, pair.where)
        second[index] = photos.find(pair.second, pair.where)
    same = np.array([pair.same for pair in listed], bool)
    names = np.array([photo.person for photo in identities.photos], np.str_)
    person = np.unique(names, return_inverse=True)[1].astype(np.int64)
    _check_labels(listed, person[first] == person[second], same)
    fold = np.arange(len(same)) // (len(same) // count) if count else _deal(same, folds, str(path))
    disjoint_by = "people" if _share_nobody(person, first, second, fold) else "pairs"
    return Pairs(first, second, same, fold, disjoint_by, person)


class _PhotoNumbers:
    """The numbers of photos by whatever lists call them."""

    def __init__(self, identities: IdentityFolder):
        self._folder = identities.folder
        self._numbers: dict[str, int] = {}
        for number, photo in enumerate(identities.photos):
            file = PurePosixPath(photo.name)
            for name in {photo.name, f"{photo.person}/{file.name}", file.name}:
                self._add(name, number)
            self._add(_stem_key(f"{photo.person}/{file.stem}"), number)

    def _add(self, name: str, number: int) -> None:
        known = self._numbers.setdefault(name, number)
        if known != number:
            self._numbers[name] = AMBIGUOUS

    def find(self, photo: Photo, where: str) -> int:
        """The number of a photo. Raises DataError where there is none, or more than one."""
        path = photo.path.replace("\\", "/").removeprefix("./")
        parts = PurePosixPath(path).parts
        # a list may be of paths from a folder further out
        names = ["/".join(parts[start:]) for start in range(len(parts))]
        if not photo.has_ending:
            names = [_stem_key(path)]
        number = next((self._numbers[name] for name in names if name in self._numbers), None)
        if number is None or number == AMBIGUOUS:
            found = "none" if number is None else "several"
            raise DataError(
                f"{where}: expected a photo {photo.path} in {self._folder}, found {found}. Give "
                "the folder that the list was made for."
            )
        return number


def _stem_key(path: str) -> str:
    return f"{path}\0"  # no name of a file


def _check_labels(
    listed: Sequence[ListedPair],
    found: Bool[np.ndarray, " pairs"],
    same: Bool[np.ndarray, " pairs"],
) -> None:
    wrong = np.flatnonzero(found != same)
    if len(wrong):
        pair = listed[wrong[0]]
        says, are = ("one person", "two") if pair.same else ("two people", "one")
        raise DataError(
            f"{pair.where}: the list says {says}, but by their folders {pair.first.path} and "
            f"{pair.second.path} are of {are} ({len(wrong)} such lines). Mend either."
        )


def _deal(same: Bool[np.ndarray, " pairs"], folds: int, path: str) -> Int64[np.ndarray, " pairs"]:
    """The fold of each pair of a list that tells none."""
    edges = np.flatnonzero(np.diff(same)) + 1
    sizes = np.diff(np.r_[0, edges, len(same)])
    if len(sizes) >= 4 and len(sizes) % 2 == 0 and len(set(sizes)) == 1:
        return np.arange(len(same)) // (2 * sizes[0])
    rarer = int(min(same.sum(), (~same).sum()))
    if rarer < 2:
        raise DataError(
            f"{path} has {int(same.sum())} pairs of one person and {int((~same).sum())} of two: "
            "2 of each are needed at least."
        )
    # the rank of each pair among those of its kind
    rank = np.where(same, np.cumsum(same), np.cumsum(~same)) - 1
    return rank.astype(np.int64) % min(folds, rarer)


def _share_nobody(
    person: Int64[np.ndarray, " photos"],
    first: Int64[np.ndarray, " pairs"],
    second: Int64[np.ndarray, " pairs"],
    fold: Int64[np.ndarray, " pairs"],
) -> bool:
    """Whether no person is in two folds."""
    both = np.stack([np.r_[person[first], person[second]], np.r_[fold, fold]])
    return bool(np.unique(both, axis=1).shape[1] == len(np.unique(both[0])))
