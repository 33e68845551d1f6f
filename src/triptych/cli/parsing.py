"""Turn words of the command line into values."""

from typing import Any, get_args

from ..frame.errors import ConfigError
from ..frame.registry import unknown_name_error


def parse_names(text: str | None) -> list[str] | None:
    """Names separated by commas; None where nothing was typed.

    >>> parse_names("label, box")
    ['label', 'box']
    """
    return [word.strip() for word in text.split(",") if word.strip()] if text else None


def parse_assignments(pairs: list[str], example: str = "--set ground=noise") -> dict[str, Any]:
    """Values by name from NAME=VALUE each; the configuration converts the values.

    Parameters:
        pairs: as typed.
        example: shown in the error.

    Raises ConfigError for a word without an equals sign.

    >>> parse_assignments(["ground=noise", "scale=0.5"])
    {'ground': 'noise', 'scale': '0.5'}
    """
    values = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise ConfigError(f"Expected NAME=VALUE, got '{pair}'. For example {example}.")
        values[name.strip()] = value.strip()
    return values


def parse_weights(text: str | None) -> dict[str, float]:
    """Numbers by name from NAME=NUMBER separated by commas. Raises ConfigError for anything else.

    >>> parse_weights("circle=3,digit=1")
    {'circle': 3.0, 'digit': 1.0}
    """
    weights = {}
    for name, value in parse_assignments(parse_names(text) or [], "--weights circle=3").items():
        try:
            weights[name] = float(value)
        except ValueError:
            raise ConfigError(f"Expected a number for '{name}', got '{value}'.") from None
    return weights


def parse_split(name: str) -> Any:
    """The split of a dataset of this name. Raises UnknownNameError with the nearest."""
    from ..multitask.data.dataset import Split

    if name not in get_args(Split):
        raise unknown_name_error(name, get_args(Split), "split")
    return name
