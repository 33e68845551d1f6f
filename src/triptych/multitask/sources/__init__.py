"""Where cutouts come from, one source a file: the name of a source comes in, a `Source` goes out.

A module without a leading underscore is a source.
"""

from pathlib import Path

from ...frame.errors import ConfigError, DataError, UnknownNameError
from ...frame.registry import Registry
from ...frame.storage.files import os_error_reason
from ..data.source import Source
from ._reading.ink import split_ink

SOURCES: Registry[type[Source]] = Registry("source", "triptych.multitask.sources", Source)


def build_source(spec: str) -> Source:
    """The source of a name or of a path; nothing is read yet but names of files.

    Parameters:
        spec: NAME or NAME:ARGUMENT (each source says what its argument is); or the path of a
            folder, a file, or FOLDER/PREFIX, whose source is told by what lies there. `,ink=dark`
            or `,ink=light` may follow a path.

    Raises UnknownNameError, with the nearest name, where it is neither; ConfigError where several
    sources could read it; DataError for a file that none reads.
    """
    name, _, argument = spec.partition(":")
    if name in SOURCES:
        return SOURCES[name](argument)
    path = Path(split_ink(spec)[0])
    kind = recognize(path)
    if kind is not None:
        return SOURCES[kind](spec)
    if path.is_dir():
        return SOURCES["idx"](spec)
    if path.is_file():
        raise DataError(
            f"Expected a file of images (IDX, .npz or .parquet), got {path}. Name such a file, or a"
            " folder of them."
        )
    try:
        return SOURCES[name](argument)
    except UnknownNameError as error:
        raise UnknownNameError(
            f"{error} Or name a folder of IDX files, a .npz or a .parquet file."
        ) from None


def recognize(path: Path) -> str | None:
    """The name of the source that reads what lies at a path; None where there is none.

    Parameters:
        path: of a folder, a file, or FOLDER/PREFIX.

    Raises ConfigError where several could equally well, DataError where it cannot be looked into.
    """
    try:
        scores = {name: SOURCES[name].recognizes(path) for name in SOURCES}
    except OSError as error:
        raise DataError(f"Cannot look into {path}: {os_error_reason(error)}.") from error
    best = [name for name, score in scores.items() if score and score == max(scores.values())]
    if len(best) > 1:
        choices = " or ".join(f"{name}:{path}" for name in best)
        raise ConfigError(f"{path} can be read in several ways. Say which: --source {choices}.")
    return best[0] if best else None


def absolute_spec(spec: str) -> str:
    """A source as it is named from any folder: the path in it, if any, is made absolute.

    Parameters:
        spec: as `build_source` takes it; a path that is not there stays as it is.
    """
    name, where = _parted(spec)
    path, _ = split_ink(where)
    if not path or not is_there(spec):
        return spec
    return f"{name}{':' if name else ''}{Path(path).absolute()}{where.removeprefix(path)}"


def is_there(spec: str) -> bool:
    """Whether the path in a source, be it FOLDER/PREFIX, leads to files.

    Parameters:
        spec: as `build_source` takes it; without a path the answer is no.
    """
    name, where = _parted(spec)
    if name and SOURCES[name].assets:  # its files have names of their own
        return False
    path = Path(split_ink(where)[0])
    return bool(where) and (path.exists() or recognize(path) is not None)


def _parted(spec: str) -> tuple[str, str]:
    """The name of a source, empty where there is none; and its argument or path."""
    name, _, argument = spec.partition(":")
    return (name, argument) if name in SOURCES else ("", spec)
