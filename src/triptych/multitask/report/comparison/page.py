"""The page of a comparison, which holds all that it shows."""

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from ....frame.drawing.html_page import Headline, Section, Table, render_page
from ...engine.metric_suite import MetricSuite
from ...heads._colors import head_colors
from ..presentation.chart_style import chart
from ..presentation.sections import figure_title
from ..presentation.tiles import NO_BREAK
from .changes import HeadChanges
from .charts import charted_figures, differences
from .head_sections import head_sections
from .pairing import NamedMeasurement, RunComparison
from .run_facts import differing_facts
from .wording import CHANGES, interval, probability, signed

NOTHING = "–"


def comparison_page(
    measured: Sequence[NamedMeasurement],
    pairs: Sequence[RunComparison],
    definitions: Mapping[str, str],
) -> str:
    """The page: differences of figures, which answers changed, pictures of them, and what else is
    different between the runs.

    Parameters:
        measured: the runs, the baseline first.
        pairs: the others beside the baseline, in the same order.
        definitions: what each metric is.
    """
    first, others = measured[0], measured[1:]
    names = " and ".join(one.name for one in others) if len(others) < 3 else f"{len(others)} runs"
    what = f"{first.seen.count:,} {first.seen.split} images of {first.seen.called}"
    lead = (
        f"Measured on the same {what}. Every difference is that to {first.name}, the baseline: "
        "above zero where a figure is higher than there."
    )
    sections = [figures_section(first, pairs, definitions), changes_section(first, pairs)]
    for other, pair in zip(others, pairs):
        sections += head_sections(first, other, pair, named=len(pairs) > 1)
    sections += [runs_section(measured, pairs), repeat_section(measured)]
    return render_page(
        f"{names} against {first.name}",
        lead=lead,
        headlines=headlines(first, pairs[0]) if len(pairs) == 1 else [],
        sections=sections,
    )


def headlines(first: NamedMeasurement, pair: RunComparison) -> list[Headline]:
    """The difference of the main figure of each head, with its interval.

    Parameters:
        first: the baseline.
        pair: the other run beside it.
    """
    return [
        Headline(
            figure_title(name),
            signed(pair.figures[name].difference.value),
            f"95 %: {interval(pair.figures[name].difference)}",
        )
        for name in MetricSuite(first.seen.model).primary
        if name in pair.figures
    ]


def figures_section(
    first: NamedMeasurement, pairs: Sequence[RunComparison], definitions: Mapping[str, str]
) -> Section:
    """Every figure of the baseline and the others, with the difference and its interval.

    Parameters:
        first: the baseline.
        pairs: the others beside it.
        definitions: what each metric is.
    """
    drawn = "Groups of images that belong together" if first.seen.grouped else "The same images"
    text = (
        f"{drawn} are drawn anew with replacement for both runs at once, and the difference is "
        "computed of each draw; intervals hold the middle 95 % (paired bootstrap; Efron & "
        "Tibshirani 1993). Where an interval lies on one side of zero, other images of the same "
        "kind would hardly tell otherwise; another training with another seed might. Of twenty "
        "figures that are the same, one will seem to differ."
    )
    parts: list[Any] = []
    if shown := charted_figures(pairs):
        alt = f"Differences of {', '.join(shown)} with their 95 % intervals."
        colors = head_colors(dict(first.seen.model.heads))
        drawing = differences(pairs, shown, colors)
        parts.append(chart(drawing, "Differences", alt, "Dot: the difference; bar: 95 % interval."))
    for pair in pairs:
        rows = [
            (
                name,
                f"{one.baseline:.4f}",
                f"{one.value:.4f}",
                signed(one.difference.value),
                interval(one.difference) or NOTHING,
                one.verdict or NOTHING,
                definitions.get(name, ""),
            )
            for name, one in pair.figures.items()
        ]
        columns = ("figure", first.name, pair.name, "difference", "95 % interval", "", "what it is")
        parts.append(Table(columns, rows, f"{pair.name} against {first.name}"))
    return Section("Figures", [text], parts)


def changes_section(first: NamedMeasurement, pairs: Sequence[RunComparison]) -> Section:
    """How many answers of each head became right or wrong.

    Parameters:
        first: the baseline.
        pairs: the others beside it.
    """
    text = (
        f"An answer of {first.name} that was right may be wrong in the other run, and the other "
        "way round. p: how probable it is that changes are as unequally divided as they are, or "
        "more so, if both runs were equally good (McNemar's exact test, 1947; it takes images not "
        "to depend on each other)."
    )
    parts = [
        Table(
            ("right where", *CHANGES.values(), "p"),
            [_change_row(name, one) for name, one in pair.changes.items()],
            pair.name if len(pairs) > 1 else "",
        )
        for pair in pairs
    ]
    return Section("Which answers changed", [text], parts)


def _change_row(name: str, changes: HeadChanges) -> tuple[str, ...]:
    counts = changes.counts()
    cells = (f"{counts[each]:,}" for each in CHANGES)
    what = changes.criterion.replace(" ", NO_BREAK)
    return f"{name}: {what}", *cells, probability(changes.p)


def runs_section(measured: Sequence[NamedMeasurement], pairs: Sequence[RunComparison]) -> Section:
    """What is different between the runs themselves, and what could not be compared.

    Parameters:
        measured: the runs, the baseline first.
        pairs: the others beside the baseline.
    """
    parts = [Table(("", *(one.name for one in measured)), differing_facts(measured))]
    rows = [(name, pair.name, why) for pair in pairs for name, why in pair.not_compared.items()]
    if rows:
        parts.append(Table(("", "run", "why"), rows, "Not compared"))
    return Section("What differs between the runs", [], parts)


def repeat_section(measured: Sequence[NamedMeasurement]) -> Section:
    """The command that writes the page again.

    Parameters:
        measured: the runs, the baseline first.
    """
    first = measured[0].seen
    words = ["triptych", "compare", *(str(one.seen.folder) for one in measured)]
    words += ["--split", first.split] if first.split != "test" else []
    rows = [("command", shlex.join(words))]
    return Section("How to repeat it", [], [Table(("", ""), rows)])
