"""Where pictures that are made from others go."""

from collections.abc import Iterable
from itertools import count
from pathlib import Path

from ..frame.errors import ConfigError, WriteError
from ..frame.storage.files import os_error_reason


def drawn_names(files: list[Path]) -> dict[str, str]:
    """A file name for each picture's drawing, no name twice; pictures of one name are numbered.

    >>> drawn_names([Path("a/x.jpg"), Path("b/x.png")])
    {'a/x.jpg': 'x.png', 'b/x.png': 'x-2.png'}
    >>> list(drawn_names([Path("x.jpg"), Path("x.png"), Path("x-2.jpg")]).values())
    ['x.png', 'x-2.png', 'x-2-2.png']
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for file in dict.fromkeys(files):
        tries = (f"{file.stem}{f'-{number}' * (number > 1)}.png" for number in count(1))
        names[str(file)] = next(name for name in tries if name not in taken)
        taken.add(names[str(file)])
    return names


def check_apart(files: Iterable[Path], targets: Iterable[Path]) -> None:
    """Raises ConfigError where a picture would be painted over one that is read."""
    known = {file.resolve() for file in files}
    for target in targets:
        if target.resolve() in known:
            raise ConfigError(f"{target} would be painted over itself. Choose another --out.")


def check_folder(folder: Path, option: str) -> None:
    """Raises ConfigError where a file has the name of a folder that `option` asks for, or of one
    above it."""
    there = next((place for place in (folder, *folder.parents) if place.exists()), None)
    if there and not there.is_dir():
        raise ConfigError(f"Expected a folder for {option}, got a file: {there}.")


def make_folder(folder: Path, option: str) -> None:
    """Make a folder for pictures, and those above it; `option` is what named it. Raises
    ConfigError, WriteError."""
    check_folder(folder, option)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(f"Cannot make the folder {folder}: {os_error_reason(error)}.") from error
