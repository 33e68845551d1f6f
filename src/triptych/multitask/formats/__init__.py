"""Formats of annotation tools, one a file: a path comes in, annotated images go out.

A module without a leading underscore is a format.
"""

from pathlib import Path

from ...frame.errors import ConfigError, DataError
from ...frame.registry import Registry
from ...frame.storage.files import os_error_reason
from ._format import Format as Format
from ._format import Vocabulary as Vocabulary
from ._reading.folders import listing_once

FORMATS: Registry[type[Format]] = Registry("format", "triptych.multitask.formats", Format)


def recognize(path: Path) -> str:
    """The name of the format that lies at a path.

    Parameters:
        path: of a file or a folder.

    Raises DataError where there is nothing or nothing that is known, ConfigError where it could
    equally well be one of several.
    """
    if not path.exists():
        raise DataError(f"There is no file or folder {path}. Check the path.")
    try:
        with listing_once():
            scores = {name: FORMATS[name].recognizes(path) for name in FORMATS}
    except OSError as error:
        raise DataError(f"Cannot look into {path}: {os_error_reason(error)}.") from error
    most = max(scores.values())
    best = [name for name, score in scores.items() if score == most]
    if path.is_dir() and not any(path.iterdir()):
        raise DataError(f"The folder {path} is empty. Check the path.")
    if not most:
        raise DataError(
            f"{path} is laid out like no format that is read. Say which it is: --format "
            f"{' or '.join(FORMATS)}."
        )
    if len(best) > 1:
        raise ConfigError(
            f"{path} can be read in several ways. Say which: --format {' or '.join(best)}."
        )
    return best[0]
