"""The settings of a transfer, and the losses after each step. Imports nothing heavy."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Annotated, Any, get_args, get_type_hints

from annotated_types import Ge, Le, Lt, MinLen

from ...frame.config import option, validate
from ...frame.errors import ConfigError
from ...frame.registry import unknown_name_error
from ..config import STYLE_WEIGHT, Init, Optimizer
from ..schedule import DEFAULT_SCHEDULE

EXACT = {"extra": "forbid"}  # of what is read from JSON, unknown fields are refused
CHOICES = {"optimizer": (get_args(Optimizer), "optimizer"), "init": (get_args(Init), "start")}
LOSS_WEIGHTS = ("content_weight", "style_weight")
Weight = Annotated[float, Ge(0), Lt(float("inf"))]
Steps = Annotated[tuple[Annotated[int, Ge(1)], ...], MinLen(1)]


@dataclass(frozen=True)
class TransferConfig:
    """How an image is painted; the only home of these defaults.

    How much of the style there is, is said by `strength` or by the weights of Gatys et al. 2015,
    `content_weight` α and `style_weight` β, whose ratio alone counts. The loss is

        (1 − strength) · content + 8 · strength · style + total variation

    so α · content + β · style is the same up to a factor for strength = β / (β + 8 α), which
    `strength` then is. α is 1 and β is 8 where only the other is given. (By patches, the 8 is 1.5
    in the loss, and β counts as much less.)

    Raises ConfigError for a value out of range, and for weights beside another strength.
    """

    __pydantic_config__ = EXACT

    size: Annotated[int, Ge(1), Le(65536)] = option(512, "pixels of the longer side")
    strength: Annotated[float, Ge(0), Le(1)] = option(
        0.5, "0 the content alone … 1 the style alone"
    )
    style_weights: tuple[float, ...] | None = option(
        None, "shares of several styles: 2,1; otherwise alike", formerly="shares"
    )
    style_scale: Annotated[float, Ge(0.05), Le(20)] = option(
        1.0, "size of the style's strokes: 0.5 finer, 2 broader"
    )
    init: Init = option("content", "begin from content, noise, style or an image")
    optimizer: Optimizer = option("lbfgs", "lbfgs, or adam, which needs less memory")
    steps: Steps | None = option(
        None,
        "steps at each scale, coarsest first: 50,30,80; one number paints at the full size only; "
        f"otherwise the method's own: {','.join(map(str, DEFAULT_SCHEDULE.steps))} …",
    )
    seed: Annotated[int, Ge(0), Lt(2**32)] = option(0, "all random numbers follow from it")
    content_weight: Weight | None = option(
        None, "instead of strength: weight of the content loss, as in Gatys et al. 2015"
    )
    style_weight: Weight | None = option(
        None, "instead of strength: weight of the style loss; 8 to 1 is strength 0.5"
    )

    def __post_init__(self) -> None:
        for name, (choices, kind) in CHOICES.items():
            if getattr(self, name) not in choices:
                raise unknown_name_error(getattr(self, name), choices, kind)
        hints = get_type_hints(TransferConfig, include_extras=True)
        for known in fields(self):
            value = getattr(self, known.name)
            if value is not known.default:  # else pydantic would be imported for help texts
                value = validate(hints[known.name], value, known.name)
                object.__setattr__(self, known.name, value)
        object.__setattr__(self, "strength", self._resolve_strength())

    def _resolve_strength(self) -> float:
        """The strength, from the weights where they are given."""
        if self.content_weight is None and self.style_weight is None:
            return self.strength
        alpha = 1.0 if self.content_weight is None else self.content_weight
        beta = STYLE_WEIGHT if self.style_weight is None else self.style_weight
        if not 0 < alpha + beta < float("inf"):
            raise ConfigError("Expected a content_weight or a style_weight above 0, got none.")
        strength = beta / (beta + STYLE_WEIGHT * alpha)
        if self.strength not in (strength, TransferConfig.strength):
            raise both_weights_error()
        return strength

    def with_changes(self, changes: Mapping[str, Any]) -> "TransferConfig":
        """These settings with some others, by name; a new strength replaces old weights.

        Raises UnknownNameError with the nearest name, ConfigError for a value out of range, and
        for a strength beside the weights.
        """
        changes = {FORMER_NAMES.get(name, name): value for name, value in changes.items()}
        for name in changes:
            if name not in NAMES:
                raise unknown_name_error(name, NAMES, "setting of painting")
        weighted = any(changes.get(name) is not None for name in LOSS_WEIGHTS)
        if weighted and "strength" in changes:
            raise both_weights_error()
        if weighted:
            changes["strength"] = TransferConfig.strength
        elif "strength" in changes:
            changes |= dict.fromkeys(LOSS_WEIGHTS)
        return replace(self, **changes)

    def normalized_style_weights(self, styles: int) -> tuple[float, ...]:
        """A weight for each of so many styles, which sum to 1. Raises ConfigError otherwise."""
        if not styles:
            raise ConfigError("Expected at least one style, got none.")
        weights = (1.0,) * styles if self.style_weights is None else self.style_weights
        if len(weights) != styles:
            raise ConfigError(f"Expected a share for each style ({styles}), got {len(weights)}.")
        if not all(weight >= 0 for weight in weights) or not 0 < sum(weights) < float("inf"):
            got = ", ".join(map(str, weights))
            raise ConfigError(f"Expected finite shares of 0 or more, not all 0, got {got}.")
        return tuple(weight / sum(weights) for weight in weights)


NAMES = tuple(known.name for known in fields(TransferConfig))
FORMER_NAMES = {
    known.metadata["formerly"]: known.name
    for known in fields(TransferConfig)
    if known.metadata["formerly"]
}
"""What settings were called in runs of version 0.1.0, and are called today."""


def both_weights_error() -> ConfigError:
    """The error for two ways to say how much of the style there is."""
    return ConfigError(
        "Expected a strength or the weights content_weight and style_weight, got both. Leave out "
        "one of them; strength = style_weight / (style_weight + 8 · content_weight)."
    )


@dataclass(frozen=True)
class StepLog:
    """The losses after one step.

    Parameters:
        scale: its index, coarsest first.
        size: longer side of the scale, in pixels.
        step: steps done at this scale.
        seconds: of all steps so far.
        total: the weighted sum.
        parts: its terms by name, unweighted.
    """

    scale: int
    size: int
    step: int
    seconds: float
    total: float
    parts: dict[str, float] = field(default_factory=dict)
