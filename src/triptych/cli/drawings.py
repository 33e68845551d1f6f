"""Where pictures with answers drawn on them go."""

from collections import Counter
from pathlib import Path

from ..frame.errors import BadSetting, CannotWrite


def drawn_names(files: list[Path]) -> dict[str, str]:
    """A file name for each picture's drawing; pictures of one name are numbered.

    >>> drawn_names([Path("a/x.jpg"), Path("b/x.png")])
    {'a/x.jpg': 'x.png', 'b/x.png': 'x-2.png'}
    """
    names: dict[str, str] = {}
    taken: Counter[str] = Counter()
    for file in files:
        taken[file.stem] += 1
        number = f"-{taken[file.stem]}" if taken[file.stem] > 1 else ""
        names[str(file)] = f"{file.stem}{number}.png"
    return names


def make_folder(folder: Path) -> None:
    """Make a folder for pictures, and those above it. Raises BadSetting, CannotWrite."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise BadSetting(f"Expected a folder for --draw, got a file: {folder}.") from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise CannotWrite(f"Cannot make the folder {folder}: {reason}.") from error
