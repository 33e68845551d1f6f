"""Thresholds and figures of an encoder: `triptych faces calibrate` and `faces evaluate`."""

from pathlib import Path

import numpy as np

from ...faces.calibration.calibrate import calibrate as calibrated
from ...faces.calibration.calibrate import check_enough_pairs
from ...faces.calibration.calibration import Calibration
from ...faces.gallery.gallery import Gallery
from ...faces.metrics.group_errors import GroupComparison
from ...faces.photos.identity_folder import IdentityFolder
from ...faces.recognition.pipeline import FacePipeline
from ...faces.report.evaluate import evaluate as measured
from .. import console
from .identity_sources import unread
from .recognition import print_skipped


def calibrate(
    identities: IdentityFolder,
    pipeline: FacePipeline,
    *,
    far: float,
    seed: int,
    out: Path | None,
    gallery: str | None,
    json: bool,
) -> None:
    """Find a threshold, say how sure it is, and keep it."""
    encoder = pipeline.encoder
    check_enough_pairs(
        np.array([*identities.counts.values()]), far
    )  # before photos are read for nothing
    with console.progress_bar() as progress:
        result = pipeline.embed(identities.photos, progress=progress)
        calibration = calibrated(
            result.embeddings, far=far, seed=seed, source=identities.folder.name, progress=progress
        )
    print_skipped(result.refused)
    if out:
        calibration.save(out)
    if gallery:
        with Gallery.open(gallery, encoder=encoder) as opened:
            opened.calibration = calibration
    if json:
        console.print_json({**calibration.to_dict(), **unread([identities])})
        return
    print(
        f"threshold {calibration.threshold:.4f} ({calibration.threshold_low:.4f} … "
        f"{calibration.threshold_high:.4f}), false accepts {calibration.far:.3g} "
        f"({calibration.far_low:.3g} … {calibration.far_high:.3g})\n"
        f"from {calibration.people} people, {calibration.photos} photos: "
        f"{calibration.genuine_pairs:,} pairs of one "
        f"person, {calibration.impostor_pairs:,} of two. In brackets: 95 % intervals."
    )
    if not (out or gallery):
        console.log("Keep it with --out FILE, or in a gallery with --gallery.")


def evaluate(
    identities: IdentityFolder,
    pipeline: FacePipeline,
    pairs: Path | None,
    folds: int,
    seed: int,
    calibration: Calibration | None,
    out: Path | None,
    *,
    groups: Path | None = None,
    json: bool,
) -> None:
    """Measure an encoder on a folder, and write the report."""
    with console.progress_bar() as progress:
        evaluation = measured(
            identities,
            encoder=pipeline.encoder,
            pairs=pairs,
            folds=folds,
            seed=seed,
            faces=pipeline.selection,
            aligned=pipeline.aligned,
            calibration=calibration,
            groups=groups,
            out=out,
            progress=progress,
        )
    print_skipped(evaluation.refused)
    for part in evaluation.skipped:
        console.log(f"left out: {part}")
    if json:
        console.print_json({**evaluation.to_dict(), **unread([identities])})
        return
    title = f"{identities.folder.name}: {evaluation.people} people, {evaluation.photos} photos, "
    f"{evaluation.encoder}"
    figures = {name: "—" if value is None else value for name, value in evaluation.metrics.items()}
    notes = {name: text.split(";")[0] for name, text in evaluation.definitions.items()}
    console.print_table(title, figures, notes=notes)
    if evaluation.groups:
        _print_groups(evaluation.groups)
    if out:
        console.log(f"Look at {out / 'report.html'}")


def _print_groups(comparison: GroupComparison) -> None:
    """A line a group; "–" where there are too few pairs."""
    print(f"\nby group, at the distance {comparison.threshold:.3f} (95 % intervals in the JSON)")
    width = max(len(each.group) for each in comparison.groups)
    for each in comparison.groups:
        rates = [
            f"{name} {'–' if rate.rate is None else format(rate.rate, '.4f')} of {rate.pairs:,}"
            for name, rate in (("FNMR", each.fnmr), ("FMR", each.fmr))
        ]
        print(f"{each.group:<{width}}  {each.people:,} people  " + "  ".join(rates))
