"""Two measured runs on the same images: differences of figures, and what is not compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ....frame.errors import ConfigError
from ...engine.metric_suite import CONDITIONAL, MetricSuite
from ...heads._head import Head
from ..estimation.bootstrap import Estimate, Resampling
from ..measurement import Measurement
from .changes import HeadChanges
from .identity import SplitIdentity

SHOWN_CLASSES = 6  # names of classes in a reason


@dataclass(frozen=True, eq=False)
class NamedMeasurement:
    """A run that was measured, as it is called among others.

    Parameters:
        name: in tables and pictures.
        seen: the run, measured.
        identity: of the images it was measured on.
    """

    name: str
    seen: Measurement
    identity: SplitIdentity


@dataclass(frozen=True)
class Difference:
    """A figure of two runs on the same images.

    Parameters:
        baseline: of the first run.
        value: of the other.
        difference: by how much the other's is above, with its 95 % interval.
        lower_is_better: whether the other is better where it is below.
    """

    baseline: float
    value: float
    difference: Estimate
    lower_is_better: bool = False

    @property
    def verdict(self) -> str:
        """ "better" or "worse" where the interval leaves no doubt, else empty."""
        low, high = self.difference.low, self.difference.high
        if not (low > 0 or high < 0):  # an end that is not known is neither
            return ""
        return "better" if (low > 0) != self.lower_is_better else "worse"

    def to_dict(self) -> dict[str, Any]:
        """Its values by name, ready for JSON."""
        ends = self.difference.to_dict()
        named = {"difference": ends["value"], "low": ends["low"], "high": ends["high"]}
        return {
            "baseline": self.baseline,
            "value": self.value,
            **named,
            "lower_is_better": self.lower_is_better,
            "verdict": self.verdict or None,
        }


@dataclass(frozen=True, eq=False)
class RunComparison:
    """A run beside the baseline.

    Parameters:
        run: its folder.
        name: as it is called among the others.
        figures: every metric that both have, by name.
        changes: of each head that was compared, by its name.
        not_compared: heads and metrics that were not, by name, and why.
    """

    run: Path
    name: str
    figures: Mapping[str, Difference]
    changes: Mapping[str, HeadChanges]
    not_compared: Mapping[str, str]

    def to_dict(self) -> dict[str, Any]:
        """Its values by name, ready for JSON."""
        return {
            "run": str(self.run),
            "figures": {name: one.to_dict() for name, one in self.figures.items()},
            "changes": {name: one.to_dict() for name, one in self.changes.items()},
            "not_compared": dict(self.not_compared),
        }


def compare_pair(baseline: NamedMeasurement, other: NamedMeasurement) -> RunComparison:
    """A run beside the baseline: differences by the paired bootstrap, and the images that changed.

    Parameters:
        baseline: the first.
        other: on the same images.

    Raises ConfigError where the images are others, or nothing is asked of both.
    """
    check_same_images(baseline, other)
    left_out = _heads_left_out(baseline, other)
    first, second = baseline.seen, other.seen
    heads = [name for name in first.observations if name not in left_out]
    if not heads:
        reasons = "; ".join(f"{name}: {why}" for name, why in left_out.items())
        raise ConfigError(
            f"{first.folder} and {second.folder} have no head that can be compared ({reasons}). "
            "Compare runs that were trained for the same."
        )
    figures, left = _figures(baseline, other, heads)
    changes = {
        name: HeadChanges(first.observations[name], second.observations[name]) for name in heads
    }
    return RunComparison(second.folder, other.name, figures, changes, {**left_out, **left})


def check_same_images(baseline: NamedMeasurement, other: NamedMeasurement) -> None:
    """Raise ConfigError where two runs were measured on other images, with what differs.

    Parameters:
        baseline: the first.
        other: another.
    """
    first, second = baseline.seen, other.seen
    split, ours, theirs = first.split, first.folder, second.folder
    whose = f"{second.called} ({second.evaluation.source})"
    against = f"{first.called} ({first.evaluation.source})"
    if first.count != second.count:
        raise ConfigError(
            f"{theirs} and {ours} cannot be compared: {second.count:,} {split} images of {whose} "
            f"are not the {first.count:,} of {against}. Compare runs of the same data."
        )
    if rows := other.identity.differing(baseline.identity):
        which = "all" if len(rows) == first.count else f"{len(rows):,}"
        raise ConfigError(
            f"{theirs} and {ours} cannot be compared: {which} of the {first.count:,} {split} "
            f"images differ, {other.seen.name(rows[0])} the first; they are of {whose} and of "
            f"{against}. Compare runs of the same data."
        )


def _heads_left_out(baseline: NamedMeasurement, other: NamedMeasurement) -> dict[str, str]:
    """The heads that are not compared, by name, and why."""
    first, second = (dict(one.seen.model.heads) for one in (baseline, other))
    told = {}
    for name in {**first, **second}:
        if name not in first or name not in second:
            told[name] = f"only {(baseline if name in first else other).name} has it"
        elif why := _other_question(first[name], second[name]):
            told[name] = why
        elif rows := other.identity.differing(baseline.identity, first[name].target_name):
            where = baseline.seen.name(rows[0])
            told[name] = f"what is true differs in {len(rows):,} images, {where} the first"
    return told


def _other_question(first: Head, second: Head) -> str:
    """Why two heads of one name do not answer the same question; empty where they do."""
    if type(first) is not type(second) or first.target_name != second.target_name:
        return "it is a head of another kind"
    ours, theirs = (tuple(getattr(head, "names", ())) for head in (first, second))
    if ours == theirs:
        return ""
    return f"its classes are others: {_shortened(theirs)}, not {_shortened(ours)}"


def _shortened(names: tuple[str, ...]) -> str:
    rest = len(names) - SHOWN_CLASSES
    return ", ".join(names[:SHOWN_CLASSES]) + (f" and {rest:,} more" if rest > 0 else "")


def _figures(
    baseline: NamedMeasurement, other: NamedMeasurement, heads: list[str]
) -> tuple[dict[str, Difference], dict[str, str]]:
    """The metrics of heads that both have, and why others are left out."""
    first, second = baseline.seen, other.seen
    ours, theirs = first.evaluation.metrics, second.evaluation.metrics
    label = first.model.info.display_name("label")
    asked = [
        name
        for name in {**ours, **theirs}
        if name.partition("/")[0] in heads and (label in heads or not name.endswith(CONDITIONAL))
    ]
    left = {
        name: f"only {(baseline if name in ours else other).name} has it"
        for name in asked
        if name not in ours or name not in theirs
    }
    resampling = Resampling(first.groups)
    known = resampling.differences(first.statistics(), second.statistics())
    suite, told = MetricSuite(first.model), {}
    for name in asked:
        if name not in left:
            plain = Estimate(theirs[name] - ours[name], np.nan, np.nan)
            lower = suite.direction(name) == "min"
            told[name] = Difference(ours[name], theirs[name], known.get(name, plain), lower)
    return told, left
