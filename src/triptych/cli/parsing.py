"""Turn words of the command line into values."""

from collections.abc import Iterable, Mapping
from typing import Any, get_args

from ..frame.config import OTHERS_SAY, known_names
from ..frame.errors import ConfigError, UnknownNameError
from ..frame.registry import unknown_name_error
from .slips import meant_option


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
        if name.strip() in values:
            raise ConfigError(f"'{name.strip()}' is set twice, last as '{pair}'. Set it once.")
        values[name.strip()] = value.strip()
    return values


def check_settings(
    assignments: Mapping[str, Any], settings: Iterable[str], options: Iterable[str]
) -> None:
    """Refuse what --set cannot set.

    Parameters:
        assignments: of --set, by name.
        settings: all names that may be set.
        options: of the command beside them, without the dashes.

    Raises ConfigError for a name that has an option of its own, UnknownNameError for no name at
    all, with the nearest.
    """
    known = {*settings}
    for name, value in assignments.items():
        if name in known:
            continue
        if (typed := name.replace("_", "-")) in options:
            raise ConfigError(
                f"'{name}' is no setting but an option of its own. Write --{typed} in place of "
                f"--set {name}={value}."
            )
        if (option := meant_option(name)).strip("-") in options:
            raise UnknownNameError(f"There is no setting '{name}'. Did you mean {option} {value}?")
        raise unknown_name_error(name, known, "setting", meant=OTHERS_SAY.get(name))


def merge_flags(
    assignments: Mapping[str, Any], flags: Mapping[str, Any], kinds: Iterable[type]
) -> dict[str, Any]:
    """What was said by --set and by options of their own, together.

    Parameters:
        assignments: of --set, by name.
        flags: by name; None where one was not typed.
        kinds: the configuration classes whose names, today's and former ones, may be set.

    Raises ConfigError for a setting that is said both ways.
    """
    today = {former: name for kind in kinds for former, name in known_names(kind).items()}
    typed = {today.get(name, name): name for name, value in flags.items() if value is not None}
    for name, value in assignments.items():
        if flag := typed.get(today.get(name, name)):
            raise ConfigError(
                f"'{flag}' is said twice: by --set {name}={value} and by an option of its own. "
                "Leave one out."
            )
    return {**assignments, **{name: flags[name] for name in typed.values()}}


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
