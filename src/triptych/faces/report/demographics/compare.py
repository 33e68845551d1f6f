"""Errors by group of an evaluation: at its threshold, for the groups a file names."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float32

from ....frame.errors import ConfigError
from ...calibration.calibration import Calibration
from ...metrics.group_errors import GroupComparison, compare_groups
from ..verification_section import PairComparison
from .groups_file import PhotoGroups


def errors_by_group(
    groups: PhotoGroups | None,
    people: Sequence[str],
    vectors: Float32[np.ndarray, "photos size"],
    calibration: Calibration | None,
    comparison: PairComparison | None,
    seed: int,
) -> GroupComparison | None:
    """Errors by group at the calibrated threshold, or the one that is most accurate on the pairs;
    None where no groups are named.

    Parameters:
        groups: of the photos.
        people: who is on each photo.
        vectors: of unit length, a row for each photo, NaN where there is no face.
        calibration: whose threshold counts, if any.
        comparison: verification on pairs, if there are enough.
        seed: of the bootstrap.

    Raises ConfigError where there is no threshold at all.
    """
    if groups is None:
        return None
    if calibration:
        threshold, far = calibration.threshold, calibration.target_far
    elif comparison:
        threshold, far = comparison.threshold, None
    else:
        raise ConfigError("There is no threshold. Give one with --calibration.")
    return compare_groups(vectors, people, groups.groups, threshold, far=far, seed=seed)
