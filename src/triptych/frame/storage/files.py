"""Write files whole or not at all, make folders, and say why the system refused."""

import contextlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import WriteError

PART_BYTES = 8  # of the random name of a file not yet whole


@contextmanager
def atomic_write(path: str | Path) -> Iterator[Path]:
    """A temporary path beside `path` to write to; it is renamed to `path` once the block ends well.

    What was at `path` before stays until then, and stays for good where the block fails.

    Raises WriteError for a folder that does not exist, a name already taken by a folder or a
    device, no right to write and no room.
    """
    target = Path(path).resolve()  # a link stays a link: the file it points to is replaced
    _check(target)
    beside = target.with_name(f".{os.urandom(PART_BYTES).hex()}.part")
    try:
        yield beside
        beside.replace(target)
    except OSError as error:
        raise WriteError(f"Cannot write {path}: {os_error_reason(error)}.") from error
    finally:
        # the block's own error is the one to tell, should this fail too
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def is_leftover(path: Path) -> bool:
    """Whether a file is one that `atomic_write` had begun as its process was killed.

    Parameters:
        path: of the file.
    """
    dot, random, ending = path.name[:1], path.name[1:].removesuffix(".part"), path.suffix
    whole = dot == "." and ending == ".part" and len(random) == 2 * PART_BYTES
    return whole and set(random) <= set("0123456789abcdef")


def remove_leftovers(folder: Path) -> None:
    """Delete what processes that were killed had half written in a folder.

    Parameters:
        folder: in which no process writes at the moment.
    """
    with contextlib.suppress(OSError):  # nobody reads them: they may stay
        for path in filter(is_leftover, folder.glob(".*.part")):
            path.unlink(missing_ok=True)


def check_writable(path: str | Path) -> None:
    """Raise WriteError as `atomic_write` would, before there is anything to write."""
    with contextlib.suppress(_AbortError), atomic_write(path) as beside:
        beside.touch()
        raise _AbortError


def write_bytes(path: str | Path, data: bytes) -> None:
    """Write a file whole or not at all.

    Parameters:
        path: of the file.
        data: its content.

    Raises WriteError as `atomic_write` does.
    """
    with atomic_write(path) as beside:
        beside.write_bytes(data)


def write_text(path: str | Path, text: str) -> None:
    """Write a file in UTF-8 whole or not at all, line ends as given.

    Parameters:
        path: of the file.
        text: its content.

    Raises WriteError.
    """
    write_bytes(path, text.encode())


def write_json(path: str | Path, value: object) -> None:
    """Write a value as readable JSON whole or not at all.

    Parameters:
        path: of the file.
        value: of what JSON knows.

    Raises WriteError.
    """
    text = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    # a file's name may hold bytes that are no text; as \udc80 … they are JSON all the same
    write_bytes(path, text.encode(errors="backslashreplace"))


def read_part(path: Path, offset: int = 0, size: int | None = None) -> bytes:
    """Some bytes of a file.

    Parameters:
        path: of the file.
        offset: of the first byte.
        size: how many at most; None for all that are left.

    Raises OSError.
    """
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(-1 if size is None else size)


def is_text(name: str) -> bool:
    """Whether the name of a file is text: names may hold bytes that no encoding explains.

    Parameters:
        name: as the system gives it.
    """
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def make_folder(folder: str | Path, *, parents: bool = True) -> Path:
    """Make a folder where it is missing.

    Parameters:
        folder: that there will be.
        parents: whether those above it are made too.

    Raises WriteError.
    """
    if not parents and not Path(folder).parent.is_dir():
        raise WriteError(
            f"Cannot make the folder {folder}: there is no folder {Path(folder).parent}."
        )
    try:
        Path(folder).mkdir(parents=parents, exist_ok=True)
    except OSError as error:
        raise WriteError(f"Cannot make the folder {folder}: {os_error_reason(error)}.") from error
    return Path(folder)


class _AbortError(Exception):
    """Ends a block of `atomic_write` without anything written."""


def _check(target: Path) -> None:
    try:
        folder, taken = target.parent.is_dir(), target.exists() and not target.is_file()
    except OSError as error:
        raise WriteError(f"Cannot write {target}: {os_error_reason(error)}.") from error
    if not folder:
        raise WriteError(f"Cannot write {target}: there is no folder {target.parent}. Make it.")
    if taken:
        raise WriteError(f"Cannot write {target}: it is no plain file. Choose another name.")


def os_error_reason(error: Exception) -> str:
    """Why the system refused, to stand within a sentence; other errors say it in their words."""
    strerror = getattr(error, "strerror", None)
    return strerror.lower() if strerror else str(error)
