"""Words of the command line, turned into values."""

from typing import Any, get_args

from ..frame.errors import ConfigError
from ..frame.registry import unknown_name_error


def listed(text: str | None) -> list[str] | None:
    """Names between commas.

    >>> listed("label, box")
    ['label', 'box']
    """
    return [word.strip() for word in text.split(",") if word.strip()] if text else None


def assigned(pairs: list[str], example: str = "--set ground=noise") -> dict[str, Any]:
    """NAME=VALUE each; the settings themselves say what a value may be. `example` is for those who
    gave none.

    >>> assigned(["ground=noise", "scale=0.5"])
    {'ground': 'noise', 'scale': '0.5'}
    """
    found = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise ConfigError(f"Expected NAME=VALUE, got '{pair}'. For example {example}.")
        found[name.strip()] = value.strip()
    return found


def numbered(text: str | None) -> dict[str, float]:
    """NAME=NUMBER between commas.

    >>> numbered("circle=3,digit=1")
    {'circle': 3.0, 'digit': 1.0}
    """
    found = {}
    for name, value in assigned(listed(text) or [], "--weights circle=3").items():
        try:
            found[name] = float(value)
        except ValueError:
            raise ConfigError(f"Expected a number for '{name}', got '{value}'.") from None
    return found


def part(name: str) -> Any:
    """The part of a dataset of this name. Raises UnknownNameError with the nearest."""
    from ..multitask.data.dataset import Split

    if name not in get_args(Split):
        raise unknown_name_error(name, get_args(Split), "split")
    return name
