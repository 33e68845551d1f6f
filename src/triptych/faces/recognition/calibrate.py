"""The threshold for a false accept rate, from a folder of people or from embeddings."""

from pathlib import Path

import numpy as np

from ...frame.progress import ProgressCallback, no_progress
from ..calibration.calibrate import calibrate as calibrate_embeddings
from ..calibration.calibrate import check_enough_pairs
from ..calibration.calibration import Calibration
from ..embeddings import Embeddings
from ..encoders._encoder import Encoder
from ..metrics.bootstrap import ROUNDS
from ..photos.identity_folder import load_identities
from .default_pipeline import resolve_pipeline
from .enrollment.recipe import check_one_face
from .pipeline import FacePipeline


def calibrate(
    people: Embeddings | str | Path,
    *,
    far: float = 1e-3,
    pipeline: FacePipeline | None = None,
    encoder: Encoder | str | Path | None = None,
    seed: int = 0,
    rounds: int = ROUNDS,
    source: str = "",
    progress: ProgressCallback = no_progress,
) -> Calibration:
    """The threshold at which a share `far` of all pairs of two people is falsely accepted.

    Parameters:
        people: embeddings with identities; or a folder of photos for each person, whose photos
            without a usable face are left out.
        far: the false accept rate, 0 … 1.
        pipeline: what detects and encodes the faces of a folder; by default YuNet and
            the default encoder, the largest face.
        encoder: in place of a pipeline: a loaded encoder, its name, run folder or file.
        seed: of the bootstrap.
        rounds: of the bootstrap.
        source: what the calibration says it was found on; by default the folder's name.
        progress: told how many photos are done.

    Raises ConfigError where the pairs do not support the rate (10 must be accepted at least),
    DataError for a folder without people.
    """
    if not isinstance(people, Embeddings):
        folder = Path(people)
        identities = load_identities(folder)
        counts = np.array([*identities.counts.values()])
        check_enough_pairs(counts, far)  # before photos are read for nothing
        pipeline = resolve_pipeline(pipeline, encoder, "largest")
        check_one_face(pipeline.selection, "calibration")
        people = pipeline.embed(identities.photos, progress=progress).embeddings
        source = source or folder.resolve().name
    return calibrate_embeddings(
        people, far=far, seed=seed, rounds=rounds, source=source, progress=progress
    )
