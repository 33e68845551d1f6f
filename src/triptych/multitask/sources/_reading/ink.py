"""What may follow the path of a source: whether its ink is dark or light."""

import re
from pathlib import Path
from typing import Literal, cast

from ....frame.errors import ConfigError

INK = re.compile(r"(.*),ink=(\w*)", re.DOTALL)

Ink = Literal["dark", "light"]


def split_ink(argument: str) -> tuple[str, Ink | None]:
    """A path and what is said of its ink.

    Parameters:
        argument: PATH, PATH,ink=dark or PATH,ink=light.

    Raises ConfigError for another ink.
    """
    match = INK.fullmatch(argument)
    if match is None or Path(argument).exists():
        return argument, None
    path, ink = match.groups()
    if ink not in ("dark", "light"):
        raise ConfigError(f"Expected ink=dark or ink=light, got ink={ink}. Write {path},ink=dark.")
    return path, cast(Ink, ink)
