"""Sets that are told from others by how they or their folders are called."""

import re
from pathlib import Path

from .file_source import with_own_names
from .idx_set import read_idx_parts
from .labelled_images import ImageSet
from .npz_format import read_npz_pairs
from .set_files import IDX_ENDING, NPZ_ENDING, FileSet, find_sets, one_set

ENDINGS = (IDX_ENDING, NPZ_ENDING)


def is_called(path: Path, name: re.Pattern[str]) -> bool:
    """Whether all sets at a path, of IDX or .npz files, are called by a name.

    Parameters:
        path: as `find_sets` takes it.
        name: is looked for in what their files begin with, else in the name of their folder, or of
            that which holds it where it is `raw`.
    """
    sets = [one for ending in ENDINGS for one in find_sets(path, ending)]
    return bool(sets) and all(_called(one, name) for one in sets)


def read_named_set(
    path: Path, name: re.Pattern[str], class_names: tuple[str, ...], example: str
) -> ImageSet:
    """The set at a path; where there are several, the one that is called by a name.

    Parameters:
        path: as `find_sets` takes it.
        name: as in `is_called`.
        class_names: of the set; `classes.txt` comes before.
        example: a file of the set, for errors.

    Raises DataError where there is none, or the files are damaged.
    """
    sets = {id(one): (one, ending) for ending in ENDINGS for one in find_sets(path, ending)}
    named = [one for one, _ in sets.values() if _called(one, name)]
    found = one_set(named or [one for one, _ in sets.values()], path, example)
    read = read_idx_parts if sets[id(found)][1] is IDX_ENDING else read_npz_pairs
    parts = ImageSet(read(found.pairs()), found.folder, class_names, first_label=0)
    return with_own_names(parts, found.folder)


def _called(files: FileSet, name: re.Pattern[str]) -> bool:
    folder = files.folder.absolute()
    folder = folder.parent if folder.name.lower() == "raw" else folder
    return bool(name.search(files.prefix or folder.name))
