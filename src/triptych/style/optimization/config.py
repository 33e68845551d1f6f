"""How a picture is painted, and how it stood after each step."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal

from ...frame.errors import ConfigError
from ...frame.registry import unknown_name_error
from .optimizers import OPTIMIZERS, Optimizer

Init = Literal["content", "noise", "style", "image"]
LARGEST = 65536
FILELESS_INITS = (
    "content",
    "noise",
    "style",
)  # what a painting can begin from without a picture of its own
INITS = (*FILELESS_INITS, "image")
EXACT = {"extra": "forbid"}  # of what is read from JSON, fields there are none of are told


@dataclass(frozen=True)
class TransferConfig:
    """How a picture is painted. The only home of these defaults."""

    __pydantic_config__ = EXACT

    size: int = 512  # pixels of the longer side
    strength: float = 0.5  # 0 the content alone, 1 the style alone
    style_weights: tuple[float, ...] | None = None  # of several styles; made to sum to 1
    style_scale: float = 1.0  # size of the style's strokes
    init: Init = "content"
    optimizer: Optimizer = "lbfgs"
    steps: tuple[int, ...] | None = None  # at each scale, coarsest first
    seed: int = 0

    def __post_init__(self) -> None:
        """Raises ConfigError for a value out of range."""
        if not 1 <= self.size <= LARGEST:
            raise ConfigError(f"Expected a size of 1 to {LARGEST} pixels, got {self.size}.")
        if self.steps is not None and (not self.steps or min(self.steps) < 1):
            raise ConfigError(f"Expected steps of 1 or more a scale, got {list(self.steps)}.")
        if not 0 <= self.strength <= 1:
            raise ConfigError(f"Expected a strength of 0 to 1, got {self.strength}.")
        if not 0.05 <= self.style_scale <= 20:
            raise ConfigError(f"Expected a style scale of 0.05 to 20, got {self.style_scale}.")
        if not 0 <= self.seed < 2**32:
            raise ConfigError(f"Expected a seed of 0 to {2**32 - 1}, got {self.seed}.")
        if self.optimizer not in OPTIMIZERS:
            raise unknown_name_error(self.optimizer, OPTIMIZERS, "optimizer")
        if self.init not in INITS:
            raise unknown_name_error(self.init, INITS, "start")

    def with_changes(self, changes: Mapping[str, Any]) -> "TransferConfig":
        """These settings with some others. Raises UnknownNameError with the nearest name."""
        known = [field.name for field in fields(self)]
        for name in changes:
            if name not in known:
                raise unknown_name_error(name, known, "setting of painting")
        return replace(self, **changes)

    def normalized_style_weights(self, styles: int) -> tuple[float, ...]:
        """A share for each style; they sum to 1. Raises ConfigError where they cannot."""
        if not styles:
            raise ConfigError("Expected at least one style, got none.")
        shares = (1.0,) * styles if self.style_weights is None else self.style_weights
        if len(shares) != styles:
            raise ConfigError(f"Expected a share for each style ({styles}), got {len(shares)}.")
        if not all(share >= 0 for share in shares) or not 0 < sum(shares) < float("inf"):
            got = ", ".join(map(str, shares))
            raise ConfigError(f"Expected finite shares of 0 or more, not all 0, got {got}.")
        return tuple(share / sum(shares) for share in shares)


@dataclass(frozen=True)
class StepLog:
    """How it stood after one step: costs are unweighted but for the total."""

    scale: int
    size: int
    step: int
    seconds: float
    total: float
    parts: dict[str, float] = field(default_factory=dict)
