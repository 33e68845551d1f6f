"""Parquet files with images, as Hugging Face's datasets write them."""

import re
from pathlib import Path
from typing import ClassVar

from ...frame.errors import DataError
from ._reading.file_source import FileSource, with_own_names
from ._reading.labelled_images import ImageSet
from ._reading.set_files import entries, holder

SPLIT = re.compile(
    r"(?:.*[-_.])?(train|test|validation|valid|val)(?:[-_.].*)?\.parquet", re.IGNORECASE
)


class Parquet(FileSource):
    """Images of one size in Parquet files (columns image and label), a file or several for each
    part: `train-00000-of-00001.parquet`; the file's own names of the classes are used."""

    usage: ClassVar[str] = "parquet:FOLDER"

    @classmethod
    def recognizes(cls, path: Path) -> int:
        """1 where the path is a Parquet file, or a folder with some.

        Parameters:
            path: a file, a folder, or one that holds it.
        """
        return int(holder(path, _is_parquet) is not None)

    def read(self) -> ImageSet:
        """All parts; needs pyarrow. Raises DataError as it says in `FileSource`, and
        MissingDependencyError."""
        from ._reading.parquet_format import read_parquet

        place = holder(self.path, _is_parquet)
        if place is None:
            raise DataError(f"Expected Parquet files at {self.path}, found none. Check the path.")
        files = [place] if place.is_file() else list(filter(_is_parquet, entries(place)))
        splits: dict[str, list[Path]] = {}
        for file in files:
            splits.setdefault(_split_of(file) if len(files) > 1 else "train", []).append(file)
        if "train" not in splits:
            raise DataError(f"Expected train-….parquet in {place}, found none. Put it there.")
        tables = {split: read_parquet(shards) for split, shards in splits.items()}
        names = tables["train"].class_names
        parts = {split: table.images for split, table in tables.items()}
        first = None if names is None else 0
        folder = place if place.is_dir() else place.parent
        return with_own_names(ImageSet(parts, place, names, first), folder)


def _split_of(file: Path) -> str:
    match = SPLIT.fullmatch(file.name)
    word = match[1].lower() if match else "train"
    if word in ("train", "test"):
        return "train" if word == "train" else "test"
    return "validation"


def _is_parquet(path: Path) -> bool:
    return path.suffix.lower() == ".parquet" and path.is_file()
