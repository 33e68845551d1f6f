"""Write the report of a run: the page and the table beside it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...frame.drawing.html_page import render_page
from ...frame.progress import ProgressLike, showing
from ...frame.storage import run_folder
from ...frame.storage.files import write_text
from ..data.dataset import Dataset, Split
from ..heads._colors import head_colors
from .estimation.bootstrap import Estimate, Resampling
from .measurement import Measurement, measure_run
from .observation import ClassObservation, ShapeObservation
from .predictions_table import TABLE, write_predictions
from .presentation.explanation_section import explanation_section
from .presentation.head_sections import head_section
from .presentation.picture_sections import answers_section, network_section, strange_section
from .presentation.sections import (
    data_section,
    figures_section,
    headlines,
    learning_section,
    repeat_section,
)

PAGE = "report.html"


@dataclass(frozen=True)
class Report:
    """What a report says in figures, and where it is.

    Parameters:
        run: the run folder.
        split: the images that were measured.
        images: how many they are.
        dataset: its name.
        fingerprint: of the data.
        figures: every metric with its 95 % interval, by name.
        definitions: what each metric is.
        calibration: of each head that chooses a class: its temperature, and the expected
            calibration error before and after it was fitted.
        page: the page that was written.
        table: the table that was written, a row an image.
    """

    run: Path
    split: str
    images: int
    dataset: str
    fingerprint: str
    figures: dict[str, Estimate]
    definitions: dict[str, str]
    calibration: dict[str, dict[str, float]]
    page: Path
    table: Path

    def to_dict(self) -> dict[str, Any]:
        """Its fields by name, ready for JSON."""
        figures = {
            name: {**one.to_dict(), "definition": self.definitions.get(name, "")}
            for name, one in self.figures.items()
        }
        paths = {name: str(getattr(self, name)) for name in ("run", "page", "table")}
        fields = {name: getattr(self, name) for name in ("split", "images", "dataset")}
        known = {"fingerprint": self.fingerprint, "calibration": self.calibration}
        return {**paths, **fields, **known, "figures": figures}


def write_report(
    run: str | Path,
    *,
    split: Split = "test",
    source: str | Path | None = None,
    device: str = "auto",
    dataset: Dataset | None = None,
    progress: ProgressLike = None,
) -> Report:
    """Measure a finished run and write report.html and predictions.parquet into its folder.

    Parameters:
        run: its folder.
        split: the images it is measured on.
        source: where the images are now, if they have moved.
        device: "auto", "cpu", "cuda" …
        dataset: the dataset itself, where it is open or the run was trained on an object.
        progress: told how many images are done; by default a bar where stderr is a terminal, False
            for none.

    Raises RunError for no finished run, one that another process works in, or images that are no
    longer those it was trained on; WriteError.
    """
    run_folder.read_record(Path(run))  # else there is nothing to lock
    with showing(progress) as listener, run_folder.lock(Path(run)):
        given = {"split": split, "source": source, "device": device, "dataset": dataset}
        seen = measure_run(run, **given, progress=listener)
        estimates = seen.estimates(Resampling(seen.groups))
        page, table = seen.folder / PAGE, seen.folder / TABLE
        html = report_page(seen, estimates)
        write_predictions(seen, table)
        write_text(page, html)
    evaluation = seen.evaluation
    facts = (evaluation.split, evaluation.images, seen.called, str(seen.record["data"]))
    figures = (estimates, dict(evaluation.definitions), _calibration(seen))
    return Report(seen.folder, *facts, *figures, page, table)


def report_page(seen: Measurement, estimates: dict[str, Estimate]) -> str:
    """The page of a report, which holds all that it shows.

    Parameters:
        seen: the run, measured.
        estimates: of every metric.
    """
    colors = head_colors(dict(seen.model.heads))
    overlaps = {
        name: next(iter(one.per_image.values()))
        for name, one in seen.observations.items()
        if isinstance(one, ShapeObservation)
    }
    heads = [
        head_section(name, one, colors[name], overlaps=overlaps)
        for name, one in seen.observations.items()
    ]
    sections = [
        figures_section(seen, estimates),
        answers_section(seen),
        *heads,
        explanation_section(seen),
        strange_section(seen),
        data_section(seen),
        learning_section(seen),
        network_section(seen),
        repeat_section(seen),
    ]
    name = seen.folder.resolve().name
    names = [*seen.model.heads]
    count = f"{len(names)} heads" if len(names) > 1 else "one head"
    lead = (
        f"One network, {count} ({', '.join(names)}), measured on {seen.count:,} "
        f"{seen.evaluation.split} images of {seen.called}."
    )
    return render_page(
        f"Report of {name}",
        lead=lead,
        headlines=headlines(seen, estimates),
        sections=[section for section in sections if section is not None],
    )


def _calibration(seen: Measurement) -> dict[str, dict[str, float]]:
    told = {}
    for name, one in seen.observations.items():
        if isinstance(one, ClassObservation) and np.any(one.present):
            before, after = one.reliabilities
            errors = {"ece_before": before.ece, "ece": after.ece}
            told[name] = {"temperature": one.temperature, **errors}
    return told
