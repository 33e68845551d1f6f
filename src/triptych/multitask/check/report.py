"""Check annotated images at paths: what there is, what is wrong, and how bad that is."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...frame.progress import ProgressCallback, no_progress
from ..annotated.annotated_set import AnnotatedSet
from ..annotated.opening import open_annotated
from .checked_set import CheckedSet
from .class_findings import FEW, class_findings
from .duplicate_findings import duplicate_findings
from .finding import SEVERITIES, SHOWN, Example, Finding, Severity, number
from .object_findings import object_findings
from .picture_findings import picture_findings
from .pictures.look import read_facts
from .summary import Summary, summarize

OUTCOMES: dict[str, Severity] = {
    "file left out": "error",
    "image left out": "error",
    "object left out": "error",
    "mended": "warning",
    "noticed": "note",
}
"""How bad it is that something was wrong with annotations, by what was done about it."""


@dataclass(frozen=True)
class CheckReport:
    """What a check of one set says.

    Parameters:
        summary: what there is.
        findings: what was noticed, the worst first.
        checked: the set itself.
    """

    summary: Summary
    findings: Sequence[Finding]
    checked: CheckedSet

    def counts(self) -> dict[Severity, int]:
        """How many findings there are of each severity."""
        return {
            severity: sum(each.severity == severity for each in self.findings)
            for severity in SEVERITIES
        }

    def passes(self, *, strict: bool = False) -> bool:
        """Whether there is no error.

        Parameters:
            strict: whether warnings count as errors.
        """
        counts = self.counts()
        return not counts["error"] and not (strict and counts["warning"])

    def to_dict(self) -> dict[str, Any]:
        """Summary and findings, ready for JSON."""
        return {
            **self.summary.to_dict(),
            "counts": self.counts(),
            "findings": [finding.to_dict() for finding in self.findings],
        }


def check_annotated(
    path: str | Path,
    format: str | None = None,
    *,
    deep: bool = False,
    few: int = FEW,
    progress: ProgressCallback = no_progress,
) -> CheckReport:
    """Check the annotated images at a path.

    Parameters:
        path: a folder or an annotation file.
        format: a name in `FORMATS`; by default told by what lies there.
        deep: whether all pictures are decoded whole.
        few: examples of a class, below which it is told.
        progress: told how far it is.

    Raises what `open_annotated` raises.
    """
    annotated = open_annotated(path, format, progress=progress)
    checked = CheckedSet.of(annotated, read_facts(annotated, deep=deep, progress=progress))
    findings = [
        *_import_findings(annotated),
        *picture_findings(checked),
        *object_findings(checked),
        *class_findings(checked, few=few),
        *duplicate_findings(checked),
    ]
    findings.sort(key=lambda finding: SEVERITIES.index(finding.severity))
    return CheckReport(summarize(checked, str(path)), findings, checked)


def _import_findings(annotated: AnnotatedSet) -> list[Finding]:
    """What was wrong when the annotations were read, by kind and outcome."""
    problems = annotated.problems
    findings = []
    for (kind, outcome), count in problems.counts.items():
        examples = [
            Example(each.place, each.detail)
            for each in problems.examples
            if (each.kind, each.outcome) == (kind, outcome)
        ]
        what, _, left_out = outcome.partition(" ")
        done = f"{number(count, what)} {left_out}" if left_out else f"{count:,} {outcome}"
        message = f"{kind[:1].upper()}{kind[1:]}: {done}."
        findings.append(Finding(kind, OUTCOMES[outcome], message, count, tuple(examples[:SHOWN])))
    return findings
