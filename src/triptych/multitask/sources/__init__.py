"""Where cut-outs come from, one source a file."""

from pathlib import Path

from ...frame.errors import UnknownNameError
from ...frame.registry import Registry
from ..data.source import Source

SOURCES: Registry[type[Source]] = Registry("source", "triptych.multitask.sources", Source)


def build_source(spec: str) -> Source:
    """The source that NAME or NAME:ARGUMENT stands for; a path to a folder is one of IDX files.

    Raises UnknownNameError, with the nearest, where it is neither; see each source for its
    arguments."""
    name, _, argument = spec.partition(":")
    if name in SOURCES:
        return SOURCES[name](argument)
    if Path(spec).is_dir():
        return SOURCES["idx"](spec)
    try:
        return SOURCES[name](argument)
    except UnknownNameError as error:
        raise UnknownNameError(f"{error} Or name a folder of IDX files.") from None
