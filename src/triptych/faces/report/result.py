"""The result of an evaluation: metrics by name, and all that a report shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import UInt8

from ...frame.storage.image_folder import SkippedImage
from ..calibration.calibration import Calibration
from ..metrics._classifier_result import ClassifierResult
from ..metrics.error_versus_discard import ErrorVersusDiscard
from ..metrics.group_errors import GroupComparison
from ..metrics.identification import IdentificationMetrics
from .verification_section import PairComparison

Crop = UInt8[np.ndarray, "height width channels"]


@dataclass(frozen=True, eq=False)
class FaceEvaluation:
    """Metrics by name, what each means, and what they were measured on.

    A metric is None where there are too few pairs for it.

    Parameters:
        folder: the photos'.
        encoder: its fingerprint.
        photos: how many there are.
        people: how many there are.
        refused: photos that could not be used, each with the reason; they count as errors.
        calibration: whose threshold is measured too, if any.
        comparison: verification on pairs; None where there are too few.
        identification: None where there are too few photos.
        pair_classifiers: classifiers of pairs.
        identity_classifiers: classifiers of photos.
        skipped: what could not be measured at all, in words.
        seed: of all that was drawn.
        crops: the faces of the worst errors, by photo.
        quality: errors over the share of pairs rejected for their quality; None where photos have
            none, or there are too few pairs.
        groups: errors by group, where groups were named.
    """

    folder: str
    encoder: str
    photos: int
    people: int
    refused: tuple[SkippedImage, ...]
    calibration: Calibration | None
    comparison: PairComparison | None
    identification: IdentificationMetrics | None
    pair_classifiers: tuple[ClassifierResult, ...]
    identity_classifiers: tuple[ClassifierResult, ...]
    skipped: tuple[str, ...]
    seed: int = 0
    crops: Mapping[str, Crop] = field(default_factory=dict)
    quality: ErrorVersusDiscard | None = None
    groups: GroupComparison | None = None

    @property
    def metrics(self) -> dict[str, float | None]:
        """Metrics by name, such as "verification/accuracy"."""
        verified = self.comparison.metrics() if self.comparison else {}
        identified = self.identification.metrics() if self.identification else {}
        classified = {
            each.name: each.accuracy for each in self.pair_classifiers + self.identity_classifiers
        }
        quality = self.quality.metrics() if self.quality else {}
        return _prefixed(
            verification=verified,
            identification=identified,
            classifier=classified,
            quality=quality,
        )

    @property
    def definitions(self) -> dict[str, str]:
        """What each metric means, in one line."""
        verified = self.comparison.definitions() if self.comparison else {}
        identified = self.identification.definitions() if self.identification else {}
        classified = {
            each.name: each.definition for each in self.pair_classifiers + self.identity_classifiers
        }
        quality = self.quality.definitions() if self.quality else {}
        return _prefixed(
            verification=verified,
            identification=identified,
            classifier=classified,
            quality=quality,
        )

    def to_dict(self) -> dict[str, Any]:
        """As evaluation.json holds it."""
        return {
            "metrics": self.metrics,
            "definitions": self.definitions,
            "photos": self.photos,
            "people": self.people,
            "pairs": self.comparison.to_dict() if self.comparison else None,
            "groups": self.groups.to_dict() if self.groups else None,
            "refused": [each.to_dict() for each in self.refused],
            "left_out": [*self.skipped],
            "encoder": self.encoder,
            "calibration": self.calibration.to_dict() if self.calibration else None,
            "folder": self.folder,
            "seed": self.seed,
        }


def _prefixed(**parts: Mapping[str, Any]) -> dict[str, Any]:
    """Each under the name of its part: accuracy of verification as verification/accuracy."""
    return {
        f"{part}/{name}": value for part, values in parts.items() for name, value in values.items()
    }
