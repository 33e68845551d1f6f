"""Thresholds and figures of an encoder: `triptych faces calibrate` and `faces evaluate`."""

from pathlib import Path

import numpy as np

from ...faces.calibration.calibrate import calibrate as calibrated
from ...faces.calibration.calibrate import check_enough_pairs
from ...faces.calibration.calibration import Calibration
from ...faces.gallery.gallery import Gallery
from ...faces.photos.identity_folder import load_identities
from ...faces.recognition.pipeline import FacePipeline
from ...faces.report.evaluate import evaluate as measured
from .. import console
from .recognition import refusals


def calibrate(
    folder: Path,
    reader: FacePipeline,
    *,
    far: float,
    seed: int,
    out: Path | None,
    gallery: str | None,
    json: bool,
) -> None:
    """Find a threshold, say how sure it is, and keep it."""
    encoder, known = reader.encoder, load_identities(folder)
    check_enough_pairs(
        np.array([*known.counts.values()]), far
    )  # before photos are read for nothing
    with console.progress_bar() as watch:
        read = reader.embed(known.photos, progress=watch)
        found = calibrated(read.encodings, far=far, seed=seed, source=folder.name, progress=watch)
    refusals(read.refused)
    if out:
        found.save(out)
    if gallery:
        with Gallery.open(gallery, encoder=encoder.fingerprint, size=encoder.dim) as held:
            held.calibration = found
    if json:
        console.print_json(found.to_dict())
        return
    print(
        f"threshold {found.threshold:.4f} ({found.threshold_low:.4f} … "
        f"{found.threshold_high:.4f}), false accepts {found.far:.3g} ({found.far_low:.3g} … "
        f"{found.far_high:.3g})\n"
        f"from {found.people} people, {found.photos} photos: {found.genuine_pairs:,} pairs of one "
        f"person, {found.impostor_pairs:,} of two. In brackets: 95 % intervals."
    )
    if not (out or gallery):
        console.log("Keep it with --out FILE, or in a gallery with --gallery.")


def evaluate(
    folder: Path,
    reader: FacePipeline,
    pairs: Path | None,
    folds: int,
    seed: int,
    calibration: Calibration | None,
    out: Path | None,
    *,
    json: bool,
) -> None:
    """Measure an encoder on a folder, and write the report."""
    with console.progress_bar() as watch:
        found = measured(
            folder,
            encoder=reader.encoder,
            pairs=pairs,
            folds=folds,
            seed=seed,
            faces=reader.policy,
            aligned=reader.aligned,
            calibration=calibration,
            out=out,
            progress=watch,
        )
    refusals(found.refused)
    for part in found.skipped:
        console.log(f"left out: {part}")
    if json:
        console.print_json(found.json())
        return
    title = f"{folder.name}: {found.people} people, {found.photos} photos, {found.encoder}"
    figures = {name: "—" if value is None else value for name, value in found.metrics.items()}
    shortly = {name: words.split(";")[0] for name, words in found.definitions.items()}
    console.print_table(title, figures, notes=shortly)
    if out:
        console.log(f"Look at {out / 'report.html'}")
