"""Look into folders: which there are below one, and a few files of a kind, among however many."""

import os
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from itertools import islice
from pathlib import Path

from ....frame.storage.files import read_part
from ....frame.storage.folders.signature import why_no_image
from ....frame.storage.folders.walk import is_hidden

MOST_ENTRIES = 2000  # that are sampled to recognize a layout
MOST_LISTED = 400_000  # entries whose names are looked at to find annotation files: 0.3 s
MOST_IN_FOLDER = 100_000
MOST_OF_ENDING = 50  # files in a folder
START = 4096  # bytes of a file that tell what wrote it

FilesByEnding = Mapping[str, Sequence[str]]
_LISTINGS: ContextVar[dict[Path, FilesByEnding] | None] = ContextVar("listings", default=None)


def walk_folders(root: Path) -> Iterator[Path]:
    """The folder and all below it that are not hidden, in a stable order, linked ones too.

    Parameters:
        root: where to begin.

    A folder that cannot be read is passed over, and one that links lead to twice comes once.
    """
    seen, waiting = set[Path](), [root]
    while waiting:
        folder = waiting.pop()
        if folder.is_symlink() or folder == root:
            target = folder.resolve()
            if target in seen or (folder != root and root.resolve().is_relative_to(target)):
                continue
            seen.add(target)
        yield folder
        waiting += sorted(subfolders(folder), reverse=True)


def subfolders(folder: Path) -> list[Path]:
    """The folders in a folder that are not hidden, in the order of the disk.

    Parameters:
        folder: to look into; one that cannot be read has none.
    """
    try:
        with os.scandir(folder) as entries:
            return [Path(e.path) for e in entries if not is_hidden(e.name) and is_folder(e)]
    except OSError:
        return []


def is_folder(entry: "os.DirEntry[str]") -> bool:
    """Whether an entry is a folder, or a link to one.

    Parameters:
        entry: of a folder; one that cannot be looked at, as a link to itself, is none.
    """
    try:
        return entry.is_dir()
    except OSError:
        return False


def files_in(folder: Path, endings: tuple[str, ...]) -> list[Path]:
    """The files of some endings in a folder that are not hidden, sorted by name.

    Parameters:
        folder: to look into; one that cannot be read has none.
        endings: with their dots, in small letters.
    """
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if entry.name.lower().endswith(endings)]
    except OSError:
        return []
    files = (folder / name for name in sorted(names) if not is_hidden(name))
    return [file for file in files if file.is_file()]


def looks_like_picture(name: str) -> bool:
    """Whether a file has the ending of a picture that is read.

    Parameters:
        name: of the file.
    """
    return not why_no_image(name, bytes)


def some_files(root: Path, most: int = MOST_ENTRIES) -> Iterator[str]:
    """Some files below a folder, relative to it with slashes, nearest first: enough to recognize
    a layout, however large the folder is.

    Parameters:
        root: where to begin.
        most: entries that are looked at; a folder takes at most a tenth of them.
    """
    waiting, left = deque([""]), most
    while waiting and left > 0:
        prefix = waiting.popleft()
        with suppress(OSError), os.scandir(root / prefix) as entries:
            for entry in islice(entries, min(left, most // 10)):
                left -= 1
                if is_hidden(entry.name):
                    continue
                if is_folder(entry) and (prefix == "" or not entry.is_symlink()):
                    waiting.append(f"{prefix}{entry.name}/")
                elif not is_folder(entry):
                    yield prefix + entry.name


def peek_files(path: Path, ending: str, *, most: int = 5) -> Iterator[Path]:
    """A few files of an ending in a folder and in those right below, by name; the path itself,
    where it is such a file. Pictures beside them may be many.

    Parameters:
        path: a file or a folder.
        ending: with its dot, in small letters.
        most: how many are given at most.
    """
    if path.is_file():
        yield from [path] if path.suffix.lower() == ending else []
        return
    names = _files_by_ending(path).get(ending, ())
    yield from islice(filter(Path.is_file, (path / name for name in names)), most)


def start_of(path: Path, size: int = START) -> bytes:
    """The first bytes of a file; none of one that cannot be read.

    Parameters:
        path: of the file.
        size: how many.
    """
    try:
        return read_part(path, size=size)
    except OSError:
        return b""


@contextmanager
def listing_once() -> Iterator[None]:
    """List each folder once for all that `peek_files` is asked for in the block."""
    token = _LISTINGS.set({})
    try:
        yield
    finally:
        _LISTINGS.reset(token)


def _files_by_ending(root: Path) -> FilesByEnding:
    listings = _LISTINGS.get()
    if listings is None:
        return _list_by_ending(root)
    if root not in listings:
        listings[root] = _list_by_ending(root)
    return listings[root]


def _list_by_ending(root: Path) -> FilesByEnding:
    """The first names of each ending in a folder and in those right below, relative to it."""
    known: dict[str, list[str]] = defaultdict(list)
    waiting, left = deque([""]), MOST_LISTED
    while waiting and left > 0:
        prefix, here, folders = waiting.popleft(), defaultdict[str, list[str]](list), list[str]()
        with suppress(OSError), os.scandir(root / prefix) as entries:
            for entry in islice(entries, min(left, MOST_IN_FOLDER)):
                left -= 1
                name = entry.name
                if name.startswith("."):
                    continue
                if prefix == "" and is_folder(entry):
                    folders.append(f"{name}/")
                else:
                    here[name[name.rfind(".") :].lower()].append(prefix + name)
        for ending, names in here.items():
            known[ending] += sorted(names)[:MOST_OF_ENDING]
        waiting += sorted(folders)
    return known
