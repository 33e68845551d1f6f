"""Arrays with a row an image that were worked out once: in memory, else on the disk."""

import os
import shutil
import tempfile
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from numpy import ndarray

from ...frame.storage.files import make_folder

Place = Literal["memory", "disk", "none"]
SHARE_OF_MEMORY = 0.3  # of what is free, at most
SHARE_OF_DISK = 0.5  # of what is free, at most


class ArrayCache:
    """Rows of several arrays, each row known or not.

    On the disk they are files that the system maps into memory, and that are gone when the cache
    is: no run depends on what another has left behind.
    """

    def __init__(
        self,
        rows: int,
        arrays: Mapping[str, tuple[tuple[int, ...], type]],
        place: Place,
        folder: Path,
    ):
        """
        Parameters:
            rows: how many there are.
            arrays: shape of a row and type of each array, by name.
            place: where they are kept; "none" keeps nothing.
            folder: in which files may be made.

        Raises WriteError for a folder that cannot be made.
        """
        self.place = place
        self.known = np.zeros(rows, bool)
        self.arrays: dict[str, ndarray] = {}
        if place == "none":
            return
        if place == "disk":
            make_folder(folder)
            files = Path(tempfile.mkdtemp(prefix="pixels-", dir=folder))
            weakref.finalize(self, shutil.rmtree, files, ignore_errors=True)
        for name, (shape, kind) in arrays.items():
            whole = (rows, *shape)
            self.arrays[name] = (
                np.empty(whole, kind)
                if place == "memory"
                else np.memmap(files / name, kind, "w+", shape=whole)  # pyright: ignore
            )

    def put(self, row: int, values: Mapping[str, ndarray]) -> None:
        """Keep a row; threads may put different rows at the same time.

        Parameters:
            row: its number.
            values: of each array, by name.
        """
        if self.place == "none":
            return
        for name, value in values.items():
            self.arrays[name][row] = value
        self.known[row] = True

    def get(self, name: str, rows: Sequence[int] | ndarray) -> ndarray:
        """Known rows of an array.

        Parameters:
            name: of the array.
            rows: their numbers.
        """
        return self.arrays[name][rows]


def roomiest(size: int, folder: Path) -> Place:
    """Where so many bytes are kept best: in memory, else on the disk, else nowhere.

    Parameters:
        size: bytes.
        folder: on the disk that is meant; it need not be there.
    """
    if size <= SHARE_OF_MEMORY * free_memory():
        return "memory"
    there = next(path for path in (folder, *folder.parents) if path.exists())
    return "disk" if size <= SHARE_OF_DISK * shutil.disk_usage(there).free else "none"


def free_memory() -> int:
    """Bytes of memory that are free, or a quarter of all where files fill it, which give way; 2 GB
    where the system does not say."""
    try:
        pages = max(os.sysconf("SC_AVPHYS_PAGES"), os.sysconf("SC_PHYS_PAGES") // 4)
        return pages * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError, AttributeError):
        return 2**31
