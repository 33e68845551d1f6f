"""Where the pictures go that a command makes from others."""

from collections.abc import Iterable
from itertools import count
from pathlib import Path

from ..frame.errors import ConfigError
from ..frame.storage import files


def output_names(paths: list[Path]) -> dict[str, str]:
    """A file name for the output of each picture, by its path; pictures of one name are numbered.

    >>> output_names([Path("a/x.jpg"), Path("b/x.png")])
    {'a/x.jpg': 'x.png', 'b/x.png': 'x-2.png'}
    >>> list(output_names([Path("x.jpg"), Path("x.png"), Path("x-2.jpg")]).values())
    ['x.png', 'x-2.png', 'x-2-2.png']
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for path in dict.fromkeys(paths):
        candidates = (f"{path.stem}{f'-{number}' * (number > 1)}.png" for number in count(1))
        names[str(path)] = next(name for name in candidates if name not in taken)
        taken.add(names[str(path)])
    return names


def check_not_overwriting(inputs: Iterable[Path], outputs: Iterable[Path]) -> None:
    """Raise ConfigError where an output would replace a picture that is read."""
    read = {path.resolve() for path in inputs}
    for path in outputs:
        if path.resolve() in read:
            raise ConfigError(f"{path} would be painted over itself. Choose another --out.")


def check_folder(folder: Path, option: str) -> None:
    """Raise ConfigError where `folder` or one above it is a file.

    Parameters:
        option: what the folder was typed for, named in the error: "--out".
    """
    taken = next((path for path in (folder, *folder.parents) if path.exists()), None)
    if taken and not taken.is_dir():
        raise ConfigError(f"Expected a folder for {option}, got a file: {taken}.")


def make_folder(folder: Path, option: str) -> None:
    """Make a folder and those above it. Raises ConfigError as `check_folder` does, WriteError."""
    check_folder(folder, option)
    files.make_folder(folder)
