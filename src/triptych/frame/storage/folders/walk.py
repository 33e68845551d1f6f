"""The files in a folder and those below it, linked folders too, without ever going in circles."""

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from ..files import os_error_reason

LEFT_BEHIND = ("Thumbs.db", "desktop.ini")  # by systems, in every folder of pictures
NOT_RECURSIVE = "a folder in a folder; --recursive reads what is in it"


def is_hidden(name: str) -> bool:
    """Whether a file or a folder above it is hidden, or is one that systems leave behind.

    Parameters:
        name: its path.
    """
    if "/" not in name:  # a million times
        return name.startswith((".", "__MACOSX")) or name in LEFT_BEHIND
    parts = PurePosixPath(name).parts
    return any(part.startswith((".", "__MACOSX")) for part in parts) or parts[-1] in LEFT_BEHIND


def walk_folder(folder: Path, *, recursive: bool = True) -> Iterator[tuple[str, str]]:
    """The files below a folder that are not hidden, in the order of the disk, linked folders last.

    A link to a folder is followed where it leads to one that is read nowhere else: so each file
    comes once, whatever circles links make.

    Parameters:
        folder: where to begin.
        recursive: whether folders in it are read too.

    Yields the name of each, relative to the folder, with slashes, and why it is left out; "" for a
    plain file. Raises OSError where the folder itself cannot be read.
    """
    links: list[str] = []
    yield from _walk(folder, "", recursive, links)
    here = folder.resolve()
    trees, above = {here}, {here, *here.parents}  # what is read, and the folders it lies in
    while links:
        level, links = sorted(links), []
        for name in level:
            target = (folder / name).resolve()
            if target in above or not trees.isdisjoint(target.parents):
                yield name, f"a link to a folder that is read in its own place, {target}"
                continue
            trees.add(target)
            above.update((target, *target.parents))
            yield from _tell_errors(name, _walk(target, f"{name}/", recursive, links))


def _walk(
    folder: Path, prefix: str, recursive: bool, links: list[str]
) -> Iterator[tuple[str, str]]:
    """The files of one tree; links to folders are put into `links`."""
    with os.scandir(folder) as entries:
        for entry in entries:
            name = prefix + entry.name
            if is_hidden(entry.name):  # the folders above are not
                continue
            is_link = entry.is_symlink() or _is_junction(entry)
            # the entry itself raises for a link to itself
            kind = Path(entry.path) if is_link else entry
            is_folder, is_file = kind.is_dir(), kind.is_file()
            if is_folder and not recursive:
                yield name, NOT_RECURSIVE
            elif is_folder and is_link:
                links.append(name)
            elif is_folder:
                below = _walk(Path(entry.path), f"{name}/", recursive, links)
                yield from _tell_errors(name, below)
            elif is_link and not is_file:
                yield name, "a link that leads nowhere"
            else:
                yield name, "" if is_file else "no plain file"


def _tell_errors(name: str, files: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The same, and a folder that cannot be read is left out."""
    try:
        yield from files
    except OSError as error:
        yield name, f"cannot be read: {os_error_reason(error)}"


def _is_junction(entry: "os.DirEntry[str]") -> bool:
    """Whether it is what Windows has beside links."""
    return bool(getattr(entry, "is_junction", bool)())
