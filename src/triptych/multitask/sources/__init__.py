"""Where cutouts come from, one source a file: the name of a source comes in, a `Source` goes out.

A module without a leading underscore is a source.
"""

from pathlib import Path

from ...frame.errors import UnknownNameError
from ...frame.registry import Registry
from ..data.source import Source

SOURCES: Registry[type[Source]] = Registry("source", "triptych.multitask.sources", Source)


def build_source(spec: str) -> Source:
    """The source of a name; nothing is read yet.

    Parameters:
        spec: NAME or NAME:ARGUMENT (each source says what its argument is), or the path of a
            folder of IDX files.

    Raises UnknownNameError, with the nearest name, where it is neither.
    """
    name, _, argument = spec.partition(":")
    if name in SOURCES:
        return SOURCES[name](argument)
    if Path(spec).is_dir():
        return SOURCES["idx"](spec)
    try:
        return SOURCES[name](argument)
    except UnknownNameError as error:
        raise UnknownNameError(f"{error} Or name a folder of IDX files.") from None
