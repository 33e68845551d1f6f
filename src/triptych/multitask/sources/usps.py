"""USPS: digits of postal codes on envelopes (Hull 1994), in the files of LIBSVM or of ESL."""

import bz2
import gzip
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from ...frame.errors import DataError
from ._reading.file_source import FileSource
from ._reading.idx_set import read_idx_parts
from ._reading.labelled_images import ImageSet, LabelledImages
from ._reading.set_files import IDX_ENDING, entries, find_sets, holder, one_set

SIDE = 16
MAX_BYTES = 2**27  # of text; the published files have 27 million
MOST_LINES = 100_000
NAME = re.compile(r"(?:usps(\.t)?|zip\.(train|test))(\.bz2|\.gz)?", re.IGNORECASE)
OPENERS: dict[str, Callable[[Path], Any]] = {".bz2": bz2.BZ2File, ".gz": gzip.GzipFile}


class USPS(FileSource):
    """16×16 grey digits, 7,291 for training and 2,007 for testing: `usps.bz2` and `usps.t.bz2` of
    LIBSVM, where digit 0 is labelled 1; `zip.train.gz` and `zip.test.gz` of Hastie, Tibshirani &
    Friedman's book; or IDX files called usps-…"""

    usage: ClassVar[str] = "usps:FOLDER"
    data_folder: ClassVar[str] = "usps"
    homepage: ClassVar[str] = "https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets"

    @classmethod
    def recognizes(cls, path: Path) -> int:
        """2 where files are called as those of LIBSVM or of the book, or IDX files after USPS.

        Parameters:
            path: a folder, one that holds it, or a file.
        """
        sets = find_sets(path, IDX_ENDING)
        named = bool(sets) and all("usps" in one.prefix.lower() for one in sets)
        return 2 if named or holder(path, _is_usps) is not None else 0

    def read(self) -> ImageSet:
        """Both parts. Raises DataError as it says in `FileSource`."""
        names = tuple("0123456789")
        place = holder(self.path, _is_usps)
        if place is None:
            found = one_set(find_sets(self.path, IDX_ENDING), self.path, "usps.bz2 and usps.t.bz2")
            return ImageSet(read_idx_parts(found.pairs()), found.folder, names)
        files = [place] if place.is_file() else [file for file in entries(place) if _is_usps(file)]
        first = int(files[0].name.lower().startswith("usps"))  # LIBSVM labels digit 0 as 1
        parts: dict[str, LabelledImages] = {}
        for file in files:
            split: str = "test" if _is_test(file) and len(files) > 1 else "train"
            parts.setdefault(split, read_text(file))
        if "train" not in parts:
            raise DataError(f"Expected usps.bz2 or zip.train.gz in {place}, found none.")
        return ImageSet(parts, place, names, first)


def read_text(path: Path) -> LabelledImages:
    """Digits of a text file, one a line: its label, then 256 values from −1 (ground) to 1 (ink).

    Parameters:
        path: the file, packed by bzip2, by gzip or not; values may be numbered from 1, as in
            LIBSVM's format ("7 1:-1 2:-0.9 …").

    Raises DataError where a line is otherwise, or the file does not unpack.
    """
    try:
        with OPENERS.get(path.suffix.lower(), _plain)(path) as file:
            text = file.read(MAX_BYTES + 1)
    except (OSError, EOFError, ValueError) as error:
        raise DataError(f"{path} does not unpack: {error}. Fetch it again.") from error
    if len(text) > MAX_BYTES or text.count(b"\n") > MOST_LINES:
        raise DataError(
            f"Expected at most {MAX_BYTES} bytes and {MOST_LINES} lines of digits, got more in"
            f" {path}. Check which file it is."
        )
    lines = [line for line in text.splitlines() if line.strip()]
    rows = np.full((len(lines), 1 + SIDE**2), 0.0)
    for number, line in enumerate(lines):
        try:
            _fill(rows[number], line)
        except (ValueError, IndexError) as error:
            raise DataError(
                f"Expected a label and {SIDE**2} values in line {number + 1} of {path}."
                " Fetch it again."
            ) from error
    if not len(rows):
        raise DataError(f"Expected digits in {path}, got an empty file. Fetch it again.")
    images = rows[:, 1:].astype(np.float32).reshape(-1, SIDE, SIDE)
    return LabelledImages(images, rows[:, 0])


def _fill(row: np.ndarray, line: bytes) -> None:
    words = line.replace(b":", b" ").split() if b":" in line else line.split()
    values = np.array(words, np.bytes_).astype(np.float64)
    if b":" not in line:
        row[:] = values
        return
    row[0], places = values[0], values[1::2].astype(np.int64)
    if places.min() < 1:
        raise ValueError("values are numbered from 1")
    row[places] = values[2::2]


def _plain(path: Path) -> Any:
    return path.open("rb")


def _is_usps(path: Path) -> bool:
    return NAME.fullmatch(path.name) is not None and path.is_file()


def _is_test(path: Path) -> bool:
    return ".t" in path.name.lower() and ".train" not in path.name.lower()
