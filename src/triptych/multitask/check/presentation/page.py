"""The page of a check: what there is, what is wrong, with pictures of it."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import UInt8

from ....frame.drawing.html_page import Headline, Image, ImageGrid, Section, Table, render_page
from ....frame.errors import TriptychError
from ...structures.split import SPLITS
from ..finding import Example, Finding
from ..report import CheckReport
from ..summary import Summary
from .charts import class_chart
from .drawing import draw_example_box, draw_truth, load_small
from .encode import jpeg

TILE = 320  # pixels of the longer side of a picture on the page
TILES, LARGE = 8, 6  # pictures of a finding, at most; of those that are shown larger
ROWS = 200  # classes in the table


def check_page(reports: Sequence[CheckReport]) -> str:
    """The page of a check, which holds all that it shows.

    Parameters:
        reports: of each set.

    Raises MissingDependencyError where Jinja2 is not installed.
    """
    totals = [sum(report.counts()[name] for report in reports) for name in ("error", "warning")]
    verdict = "passed" if not totals[0] else "failed"
    names = ", ".join(report.summary.path for report in reports)
    images = sum(sum(report.summary.images.values()) for report in reports)
    objects = sum(sum(report.summary.objects.values()) for report in reports)
    headlines = [
        Headline("pictures", f"{images:,}", _formats(reports)),
        *([Headline("objects", f"{objects:,}", _shapes(reports))] if objects else []),
        Headline("errors", f"{totals[0]:,}", "what training would stumble over"),
        Headline("warnings", f"{totals[1]:,}", "what is likely a slip"),
    ]
    sections = []
    for report in reports:
        prefix = f"{report.summary.path}: " if len(reports) > 1 else ""
        sections += [
            *_finding_sections(report, prefix),
            *_overview(report.summary, prefix),
        ]
    return render_page(f"Data check {verdict}", lead=names, headlines=headlines, sections=sections)


def _formats(reports: Sequence[CheckReport]) -> str:
    return "read as " + ", ".join(dict.fromkeys(report.summary.format for report in reports))


def _shapes(reports: Sequence[CheckReport]) -> str:
    lines = [f"{n:,} {name}" for report in reports for name, n in report.summary.shapes.items()]
    return ", ".join(lines)


def _finding_sections(report: CheckReport, prefix: str) -> list[Section]:
    """A table of all findings, then a section for each that can be shown."""
    if not report.findings:
        return [Section(f"{prefix}Nothing is wrong", ["No check noticed anything."])]
    rows = [
        (finding.severity, finding.kind, f"{finding.count:,}", finding.message)
        for finding in report.findings
    ]
    table = Table(("severity", "what", "count", "in words"), rows)
    sections = [Section(f"{prefix}What was noticed", parts=[table])]
    for finding in report.findings:
        parts = [*_pictures(report, finding), *_examples(finding)]
        if parts:
            title = f"{prefix}{finding.severity.capitalize()}: {finding.kind}"
            sections.append(Section(title, [finding.message], parts))
    return sections


def _examples(finding: Finding) -> list[Table]:
    if not finding.examples:
        return []
    rows = [(example.file, example.detail) for example in finding.examples]
    left = finding.count - len(rows)
    return [Table(("where", "what"), rows, note=f"{left:,} more." if left > 0 else "")]


def _pictures(report: CheckReport, finding: Finding) -> list[ImageGrid | Image]:
    """Pairs, and places in a picture, are shown larger than pictures as a whole."""
    tiles = [_tile(report, example) for example in finding.examples[:TILES]]
    seen = [tile for tile in tiles if tile is not None]
    if any(example.other is not None or example.box for example in finding.examples):
        return [*seen[:LARGE]]
    return [ImageGrid(seen)] if seen else []


def _tile(report: CheckReport, example: Example) -> Image | None:
    """What is meant, drawn; None where there is no picture to be seen."""
    if example.image is None:
        return None
    annotated = report.checked.annotated
    image = annotated.image(example.image)
    note = example.file
    try:
        if example.other is not None:
            other = annotated.image(example.other, objects=False)
            pixels = _side_by_side(load_small(image, TILE)[0], load_small(other, TILE)[0])
            note = f"{image.file.name} and {other.file.name}"
        elif example.box is not None:
            pixels = draw_example_box(image, example.box, TILE)
        else:
            pixels = draw_truth(image, annotated.classes, side=TILE)
    except TriptychError:
        return None
    return Image(jpeg(pixels), f"Example: {note}", note=note)


def _side_by_side(*pictures: UInt8[np.ndarray, "_ _ 3"]) -> UInt8[np.ndarray, "h w 3"]:
    height = max(picture.shape[0] for picture in pictures)
    padded = [
        np.pad(each, ((0, height - each.shape[0]), (0, 6), (0, 0)), constant_values=255)
        for each in pictures
    ]
    return np.concatenate(padded, 1)[:, :-6]


def _overview(summary: Summary, prefix: str) -> list[Section]:
    images = sum(summary.images.values())
    targets = [
        (name, f"{count:,}", f"{100 * count / images:.0f} %")
        for name, count in summary.targets.items()
    ]
    stated = "as stated" if summary.split_is_stated else "as training will divide them"
    counted = {"pictures": summary.images}
    if any(summary.objects.values()):
        counted["objects"] = summary.objects
    splits = [(name, *(f"{each[name]:,}" for each in counted.values())) for name in SPLITS]
    sides = [(name, *(f"{value:,}" for value in values)) for name, values in summary.sides.items()]
    common = [
        (f"{width} × {height}", f"{count:,}", f"{100 * count / images:.0f} %")
        for width, height, count in summary.sizes
    ]
    more = summary.size_count - len(common)
    parts = [
        Table(("head", "pictures", "share"), targets, "Heads that can learn"),
        Table(("split", *counted), splits, "Splits", f"The splits are {stated}."),
        Table(("", "smallest", "median", "largest"), sides, "Sizes in pixels"),
        Table(
            ("size", "pictures", "share"),
            common,
            "Commonest sizes",
            f"{more:,} other sizes." if more > 0 else "",
        ),
    ]
    return [Section(f"{prefix}What there is", parts=parts), *_classes(summary, prefix)]


def _classes(summary: Summary, prefix: str) -> list[Section]:
    if not summary.classes:
        return []
    totals = {name: sum(row.values()) for name, row in summary.classes.items()}
    ordered = sorted(totals, key=lambda name: -totals[name])
    rows = [
        (name, *(f"{summary.classes[name][split]:,}" for split in SPLITS), f"{totals[name]:,}")
        for name in ordered[:ROWS]
    ]
    left = len(ordered) - len(rows)
    table = Table(
        ("class", *SPLITS, "all"), rows, note=f"{left:,} rarer classes." if left > 0 else ""
    )
    chart = class_chart(summary, ordered)
    return [
        Section(f"{prefix}{summary.counted.capitalize()} of each class", parts=[chart]),
        Section(f"{prefix}Classes by split", parts=[table]),
    ]
