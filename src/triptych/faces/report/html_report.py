"""The report of an evaluation: an HTML page, its images, and its figures as JSON."""

from pathlib import Path

from ...frame.drawing import figures, html_page
from ...frame.errors import WriteError
from ...frame.storage import images
from ...frame.storage.files import make_folder, os_error_reason, write_json, write_text
from .demographics.section import group_csv, group_figures
from .figures import identification_figures, verification_figures
from .pair_sheet import worst_pairs_sheet
from .quality_section import quality_figures
from .result import FaceEvaluation
from .sections import headline_figures, report_sections

PAGE, FIGURES, WORST = "report.html", "evaluation.json", "worst.png"
GROUPS = "groups.csv"
IMAGES = ("roc.png", "det.png", "distances.png", "strangers.png", "quality.png", "groups.png")


def write_report(folder: str | Path, evaluation: FaceEvaluation) -> None:
    """Write report.html, evaluation.json and, where there is something to show, roc.png, det.png,
    distances.png, strangers.png, quality.png, groups.png, groups.csv and worst.png: each whole or
    not at all, in place of those of an earlier report.

    Parameters:
        folder: where to; it is made where it is missing.
        evaluation: what to report.

    Raises WriteError, and MissingDependencyError where Jinja2 is not installed.
    """
    place = make_folder(Path(folder))
    page = render_report(evaluation)
    compared, identified = evaluation.comparison, evaluation.identification
    report_figures = verification_figures(compared) if compared else []
    report_figures += identification_figures(identified) if identified else []
    report_figures += quality_figures(evaluation.quality) if evaluation.quality else []
    report_figures += group_figures(evaluation.groups) if evaluation.groups else []
    worst = worst_pairs_sheet(compared.errors, evaluation.crops) if compared else None
    written = {plot.file for plot in report_figures} | ({WORST} if worst is not None else set())
    if evaluation.groups:
        written.add(GROUPS)
        write_text(place / GROUPS, group_csv(evaluation.groups))
    for name in (*IMAGES, WORST, GROUPS):
        if name not in written:
            _remove(place / name)
    for plot in report_figures:
        figures.save(plot.draw(title=plot.title), place / plot.file)
    if worst is not None:
        images.save(place / WORST, worst)
    write_json(place / FIGURES, evaluation.to_dict())
    write_text(place / PAGE, page)


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise WriteError(f"Cannot remove the old {path}: {os_error_reason(error)}.") from error


def render_report(evaluation: FaceEvaluation) -> str:
    """The report as one page that holds all it shows."""
    name = Path(evaluation.folder).name
    return html_page.render_page(
        f"Faces of {name}",
        lead=f"How well the encoder {evaluation.encoder} tells {evaluation.people:,} people in "
        f"{evaluation.photos:,} photos apart. Every figure is on photos of this folder; people who "
        "are more alike, or photographed worse, are told less well.",
        headlines=headline_figures(evaluation),
        sections=[*report_sections(evaluation)],
    )
