"""The abstract source of a set that is told from others by how its files or folder are called."""

import re
from pathlib import Path
from typing import ClassVar

from .file_source import FileSource, with_own_names
from .idx_set import read_idx_parts
from .labelled_images import ImageSet
from .npz_format import read_npz_pairs
from .set_files import IDX_ENDING, NPZ_ENDING, FileSet, find_sets, one_set

READERS = {IDX_ENDING: read_idx_parts, NPZ_ENDING: read_npz_pairs}


class NamedSource(FileSource):
    """A published set in IDX or .npz files, of which a subclass says the name and the classes."""

    name_pattern: ClassVar[re.Pattern[str]]
    """What its files begin with, else what their folder is called, or that which holds it where it
    is `raw`."""

    class_names: ClassVar[tuple[str, ...]]
    """Its classes by number; `classes.txt` comes before."""

    example: ClassVar[str]
    """A file of it, for errors."""

    @classmethod
    def recognizes(cls, path: Path) -> int:
        """2 where all IDX and .npz files, or their folder, are called by its name.

        Parameters:
            path: a folder, one that holds it, a file, or FOLDER/PREFIX.
        """
        sets = [one for ending in READERS for one in find_sets(path, ending)]
        return 2 if sets and all(map(cls._is_own, sets)) else 0

    def read(self) -> ImageSet:
        """Both parts. Raises DataError where there is no such set, or its files are damaged."""
        sets = [
            (one, read) for ending, read in READERS.items() for one in find_sets(self.path, ending)
        ]
        own = [one for one, _ in sets if self._is_own(one)]
        chosen = one_set(own or [one for one, _ in sets], self.path, self.example)
        parts = next(read for one, read in sets if one is chosen)(chosen.pairs())
        image_set = ImageSet(parts, chosen.folder, self.class_names, first_label=0)
        return with_own_names(image_set, chosen.folder)

    @classmethod
    def _is_own(cls, files: FileSet) -> bool:
        folder = files.folder.absolute()
        folder = folder.parent if folder.name.lower() == "raw" else folder
        return bool(cls.name_pattern.search(files.prefix or folder.name))
