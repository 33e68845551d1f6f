"""`triptych data check`: what there is in annotated pictures, and what is wrong with them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...frame.storage.files import write_text
from .. import console

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from ...multitask.check.finding import Finding
    from ...multitask.check.report import CheckReport
    from ...multitask.check.summary import Summary

FAILED = 3  # exit status where a check does not pass
STYLES = {"error": "bold red", "warning": "yellow", "note": "dim"}
BAR = 24  # characters of the longest bar
CLASSES, EXAMPLES = 20, 3  # on the terminal; the page and the JSON have more


def check_paths(
    paths: Sequence[Path],
    format: str | None,
    *,
    strict: bool,
    deep: bool,
    few: int,
    out: Path | None,
    json: bool,
) -> int:
    """Check annotated pictures and print what was noticed.

    Parameters:
        paths: folders or annotation files, each a set.
        format: of all of them; None to tell it by what lies there.
        strict: whether warnings fail, too.
        deep: whether pictures are decoded whole.
        few: pictures of a class, below which it is told.
        out: the page to write, or None.
        json: whether JSON is printed instead of tables.

    Returns the exit status: 0, or 3 where there is an error. Raises DataError, ConfigError,
    WriteError.
    """
    from ...frame.storage.files import check_writable
    from ...multitask.check.report import check_annotated

    if out is not None:
        check_writable(out)
    with console.progress_bar() as progress:
        reports = [
            check_annotated(path, format, deep=deep, few=few, progress=progress) for path in paths
        ]
    passes = all(report.passes(strict=strict) for report in reports)
    if json:
        sets = [report.to_dict() for report in reports]
        console.print_json({"passes": passes, "strict": strict, "sets": sets})
    else:
        _print(reports)
    if out is not None:
        from ...multitask.check.presentation.page import check_page

        write_text(out, check_page(reports))
        console.log(f"Written: {out}")
    return 0 if passes else FAILED


def _print(reports: "Sequence[CheckReport]") -> None:
    import sys

    from rich.console import Console

    screen = Console(soft_wrap=not sys.stdout.isatty(), highlight=False)
    for number, report in enumerate(reports):
        if number:
            screen.print()
        _print_summary(screen, report.summary)
        _print_findings(screen, report.findings)
        counts = report.counts()
        said = [f"{count} {name}{'s' * (count != 1)}" for name, count in counts.items()]
        verdict = "Passed" if report.passes() else "Failed"
        screen.print(f"\n{verdict}: {', '.join(said)}.", style="bold", markup=False)


def _print_summary(screen: "Console", summary: "Summary") -> None:
    from rich.table import Table
    from rich.text import Text

    images, objects = sum(summary.images.values()), sum(summary.objects.values())
    known = f"{images:,} pictures"
    if objects:
        shapes = ", ".join(f"{count:,} {name}" for name, count in summary.shapes.items())
        known += f", {objects:,} objects ({shapes})"
    path = console.printable(summary.path)
    screen.print(f"{path} ({summary.format}): {known}", style="bold", markup=False)
    splits = " · ".join(f"{name} {count:,}" for name, count in summary.images.items())
    source = "as stated" if summary.split_is_stated else "as training will divide them"
    screen.print(f"Splits: {splits}, {source}", markup=False)
    if summary.sides:
        sides = " · ".join(
            f"{name} {low:,} / {middle:,} / {high:,}"
            for name, (low, middle, high) in summary.sides.items()
            if name != "pixels"
        )
        screen.print(f"Sizes, smallest / median / largest: {sides}", markup=False)
        common = ", ".join(f"{w}×{h} {count:,}" for w, h, count in summary.sizes[:4])
        rest = f" and {summary.size_count - 4:,} more" if summary.size_count > 4 else ""
        screen.print(f"Commonest: {common}{rest}", markup=False)
    targets = Table(title="Heads that can learn", **_PLAIN)
    targets.add_column("head")
    targets.add_column("pictures", justify="right")
    targets.add_column("share", justify="right")
    for name, count in summary.targets.items():
        targets.add_row(Text(console.printable(name)), f"{count:,}", f"{count / images:.0%}")
    screen.print()
    screen.print(targets if summary.targets else "No head can learn from this.")
    if summary.classes:
        screen.print()
        screen.print(_class_table(summary))


def _class_table(summary: "Summary") -> "Table":
    from rich.table import Table
    from rich.text import Text

    from ...multitask.structures.split import SPLITS

    totals = {name: sum(row.values()) for name, row in summary.classes.items()}
    ordered = sorted(totals, key=lambda name: -totals[name])
    most = max(totals.values()) or 1
    rest = len(ordered) - CLASSES
    table = Table(title=f"Classes, {summary.counted}", **_PLAIN)
    table.add_column("class")
    for name in (*SPLITS, "all"):
        table.add_column(name, justify="right")
    table.add_column("")
    half = CLASSES // 2
    shown = ordered if rest <= 0 else [*ordered[:half], *ordered[-half:]]
    for place, name in enumerate(shown):
        if rest > 0 and place == half:
            table.add_row(Text(f"… {rest:,} more"))
        row = summary.classes[name]
        bar = "█" * round(BAR * totals[name] / most) or "▏" * bool(totals[name])
        counts = [f"{row[split]:,}" for split in SPLITS]
        table.add_row(
            Text(console.printable(name)), *counts, f"{totals[name]:,}", Text(bar, "blue")
        )
    return table


def _print_findings(screen: "Console", findings: "Sequence[Finding]") -> None:
    from rich.text import Text

    if findings:
        screen.print()
    for finding in findings:
        head = Text(f"{finding.severity:8}", STYLES[finding.severity])
        screen.print(head.append(console.printable(finding.message), "not bold default"))
        shown = finding.examples[:EXAMPLES]
        for example in shown:
            screen.print(Text(f"{'':8}{console.printable(str(example))}", "dim"))
        if shown and finding.count > len(shown):
            screen.print(Text(f"{'':8}… {finding.count - len(shown):,} more", "dim"))


_PLAIN: dict[str, Any] = {
    "title_justify": "left",
    "title_style": "bold",
    "box": None,
    "pad_edge": False,
}
