"""Errors by group in the report: a plot, tables, and a CSV."""

import csv
from functools import partial
from io import StringIO
from typing import TYPE_CHECKING

from ....frame.drawing.colors import GROUND_TRUTH, LIGHT, PREDICTION, Theme, to_hex
from ....frame.drawing.figures import figure
from ....frame.drawing.html_page import Section, Table
from ...metrics.group_errors import MIN_PEOPLE, ErrorRate, GroupComparison
from ..figures import ReportFigure, percent
from ..plots import TICKS, finish

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FILE, TITLE = "groups.png", "Error rates of groups"
NOTE = (
    "A dot is the rate, a line its 95 % interval, by a bootstrap over people. Where lines overlap "
    "widely, the groups may differ by chance alone."
)
WIDTH, ROW, HEAD = 6.0, 0.34, 1.1  # inches: of the plot, of a group, of what is around
LETTERS = 20  # of a name beside the plot
SHOWN = 30  # pairs of groups on the page; all are in the JSON
FEW = "too few"
COLUMNS = (
    *("group", "people", "photos", "without_face", "accuracy"),
    *("fnmr", "fnmr_low", "fnmr_high", "genuine_pairs"),
    *("fmr", "fmr_low", "fmr_high", "impostor_pairs"),
)


def group_figures(comparison: GroupComparison) -> list[ReportFigure]:
    """FNMR and FMR of each group; none where no group has enough pairs."""
    rates = [rate for each in comparison.groups for rate in (each.fnmr, each.fmr)]
    if not any(rate.enough for rate in rates):
        return []
    return [ReportFigure(FILE, TITLE, NOTE, partial(group_rates, comparison))]


def group_rates(comparison: GroupComparison, *, theme: Theme = LIGHT, title: str = "") -> "Figure":
    """FNMR and FMR of each group with their intervals, side by side.

    Parameters:
        comparison: of groups.
        theme: colors.
        title: above it, if any.
    """
    groups = comparison.groups
    plot = figure(WIDTH, HEAD + ROW * len(groups), theme)
    if title:
        plot.suptitle(title, x=0.02, ha="left", weight="bold", size=12, c=to_hex(theme.text))
    sides = plot.subplots(1, 2, sharey=True)
    kinds = (("fnmr", "one person, not accepted (FNMR)", GROUND_TRUTH),)
    kinds += (("fmr", "two people, accepted (FMR)", PREDICTION),)
    for axes, (kind, label, color) in zip(sides, kinds):
        highest = 0.0
        for place, each in enumerate(groups):
            rate: ErrorRate = getattr(each, kind)
            if rate.rate is None:
                note = {"color": to_hex(theme.muted), "size": TICKS, "va": "center"}
                axes.text(0.02, place, FEW, transform=axes.get_yaxis_transform(), **note)
                continue
            highest = max(highest, rate.high)
            axes.plot([rate.low, rate.high], [place] * 2, c=to_hex(color), lw=2, alpha=0.55)
            axes.plot(rate.rate, place, "o", c=to_hex(color), ms=6)
        axes.set(xlim=(0, 1.08 * highest or 1), ylim=(len(groups) - 0.5, -0.5), xlabel=label)
        axes.set_yticks(range(len(groups)), [_short(each.group) for each in groups])
        axes.xaxis.set_major_formatter(lambda rate, _: f"{100 * rate:.3g} %")
        axes.locator_params(axis="x", nbins=4)
        finish(axes, theme)
    return plot


def group_section(comparison: GroupComparison, far: float | None) -> Section:
    """Errors by group, how much they differ, and across groups.

    Parameters:
        comparison: of groups.
        far: the false accept rate the threshold was made for, if any.
    """
    made_for = f", made for a false accept rate of {percent(far)}" if far else ""
    paragraphs = [
        f"All pairs of photos at one threshold, {comparison.threshold:.3f}{made_for}. FNMR is the "
        "share of pairs of one person that are not accepted, FMR that of pairs of two people of "
        "one group that are. A photo without a face counts as an error. " + _ratios(comparison),
        "Groups may differ in more than what they are named for: in photos, age, light, camera.",
    ]
    images = [plot.image() for plot in group_figures(comparison)]
    rows = [
        (
            each.group,
            f"{each.people:,}",
            f"{each.photos:,}",
            "–" if each.accuracy is None else percent(each.accuracy),
            *_cells(each.fnmr),
            *_cells(each.fmr),
        )
        for each in comparison.groups
    ]
    heads = ("Group", "People", "Photos", "Accuracy", "FNMR", "95\xa0% interval", "Pairs")
    heads += ("FMR", "95\xa0% interval", "Pairs")
    note = (
        f"Accuracy is 1 − (FNMR + FMR) / 2. Too few are less than {MIN_PEOPLE} people with pairs, "
        "or than three errors are to be expected of at the rate the threshold was made for."
    )
    parts = [*images, Table(heads, rows, note=note), *_across(comparison)]
    return Section("Errors by group", paragraphs, parts)


def group_csv(comparison: GroupComparison) -> str:
    """A row a group, empty cells where there are too few pairs."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in comparison.groups:
        cells: list[object] = [each.group, each.people, each.photos, each.without_face]
        cells.append(each.accuracy)
        for rate in (each.fnmr, each.fmr):
            told = rate.to_dict()
            cells += [told["rate"], told["low"], told["high"], rate.pairs]
        writer.writerow([f"{cell:.6g}" if isinstance(cell, float) else cell for cell in cells])
    return text.getvalue()


def _ratios(comparison: GroupComparison) -> str:
    """How the worst group compares with the best, in a sentence."""
    said = [
        f"{name} is {ratio:.3g} times as high in the worst group as in the best"
        for kind, name in (("fnmr", "FNMR"), ("fmr", "FMR"))
        if (ratio := comparison.ratio(kind)) is not None
    ]
    if said:
        return ", ".join(said) + "."
    return (
        "Groups cannot be set against each other: fewer than two have enough pairs, or one has no "
        "error at all."
    )


def _across(comparison: GroupComparison) -> list[Table]:
    """FMR of pairs of two groups, the worst first."""
    known = [(names, rate) for names, rate in comparison.across.items() if rate.enough]
    if not known:
        return []
    known.sort(key=lambda each: -each[1].errors / each[1].pairs)
    rows = [(" × ".join(names), *_cells(rate)) for names, rate in known[:SHOWN]]
    more = f"The worst {SHOWN} of {len(known)}; all are in evaluation.json." * (len(known) > SHOWN)
    heads = ("Groups", "FMR", "95\xa0% interval", "Pairs")
    return [Table(heads, rows, "Pairs of two people of different groups", more)]


def _cells(rate: ErrorRate) -> tuple[str, str, str]:
    """Rate, interval and pairs, as they are to be read."""
    if rate.rate is None:
        return "–", FEW, f"{rate.pairs:,}"
    interval = f"{percent(rate.low)} … {percent(rate.high)}".replace(" ", "\xa0")
    return percent(rate.rate), interval, f"{rate.pairs:,}"


def _short(name: str) -> str:
    """A name that leaves room for a plot."""
    return name if len(name) <= LETTERS else name[: LETTERS - 1] + "…"
