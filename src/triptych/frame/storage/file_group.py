"""Several files that are one thing: all are written, or none."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from .files import atomic_write


def group_paths(path: str | Path, endings: Mapping[str, object]) -> dict[str, Path]:
    """Where the files of a group stand, by their endings.

    Parameters:
        path: of the file that is named; others stand beside it and differ in their ending.
        endings: in small letters, with their dots; that of `path` stays as it is spelled.

    >>> paths = group_paths("net.XML", {".xml": b"", ".bin": b""})
    >>> [path.name for path in paths.values()]
    ['net.XML', 'net.bin']
    """
    named = Path(path)
    return {
        ending: named if ending == named.suffix.lower() else named.with_suffix(ending)
        for ending in endings
    }


def write_group(path: str | Path, contents: Mapping[str, bytes]) -> None:
    """Write a file and those that belong to it. All are written beside their places before the
    first is renamed; the one listed first is renamed last, so where it is new, the others are too.

    Parameters:
        path: of the file that is named.
        contents: by their endings, as `group_paths` takes them.

    Raises WriteError as `atomic_write` does.
    """
    paths = group_paths(path, contents)
    with ExitStack() as stack:
        for ending, content in contents.items():
            stack.enter_context(atomic_write(paths[ending])).write_bytes(content)
