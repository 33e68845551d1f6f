"""ImportProblems: what was wrong in annotation files, where, and what was done about it."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

from ...frame.errors import DataError

Outcome = Literal["image left out", "object left out", "file left out", "mended", "noticed"]
KEPT = 1000  # problems of a kind whose lines are kept; all are counted


@dataclass(frozen=True)
class ImportProblem:
    """One thing that is wrong.

    Parameters:
        kind: a few words, the same for all of its kind: "box outside the image".
        place: the file, and the entry in it: "cats.json, annotation 17".
        detail: what was expected and what came, in one line.
        outcome: what was done.
    """

    kind: str
    place: str
    detail: str
    outcome: Outcome

    def __str__(self) -> str:
        """In one line."""
        return f"{self.place}: {self.detail} ({self.outcome})"

    def to_dict(self) -> dict[str, Any]:
        """Its fields by name, ready for JSON."""
        return dict(vars(self))


class ImportProblems:
    """Collects problems while annotations are read; where it is strict, the first one ends that."""

    def __init__(self, *, strict: bool = False):
        """
        Parameters:
            strict: whether a problem raises DataError instead.
        """
        self.strict = strict
        self.counts: Counter[tuple[str, Outcome]] = Counter()
        self.examples: list[ImportProblem] = []

    def add(self, kind: str, place: str, detail: str, outcome: Outcome) -> None:
        """Tell of a problem.

        Parameters:
            kind: a few words, the same for all of its kind.
            place: the file, and the entry in it.
            detail: what was expected and what came.
            outcome: what is done about it; "noticed" never raises.

        Raises DataError where it is strict.
        """
        problem = ImportProblem(kind, place, detail, outcome)
        if self.strict and outcome != "noticed":
            raise DataError(f"{place}: {detail}. Mend it, or leave out --strict.")
        self.counts[kind, outcome] += 1
        if self.counts[kind, outcome] <= KEPT:
            self.examples.append(problem)

    def left_out(self) -> dict[Outcome, int]:
        """How many problems had each outcome."""
        totals: Counter[Outcome] = Counter()
        for (_, outcome), count in self.counts.items():
            totals[outcome] += count
        return dict(totals)

    def to_dict(self) -> dict[str, Any]:
        """Counts and examples, ready for JSON."""
        counts = [
            {"kind": kind, "outcome": outcome, "count": count}
            for (kind, outcome), count in self.counts.items()
        ]
        return {"counts": counts, "examples": [problem.to_dict() for problem in self.examples]}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "ImportProblems":
        """What `to_dict` gave."""
        problems = cls()
        for row in data["counts"]:
            problems.counts[row["kind"], row["outcome"]] = row["count"]
        problems.examples = [ImportProblem(**row) for row in data["examples"]]
        return problems
