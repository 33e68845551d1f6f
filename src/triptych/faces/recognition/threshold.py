"""The threshold of a decision: which one holds, and where it comes from."""

from dataclasses import dataclass

from ...frame.errors import ConfigError
from ..calibration.calibration import Calibration
from ..encoders._encoder import Encoder, same_encoder

MAX_DISTANCE = 2.0  # the distance of opposite unit vectors


@dataclass(frozen=True)
class DecisionThreshold:
    """Faces at most so far apart are the same person.

    Parameters:
        threshold: a distance, 0 … 2.
        calibration: gives the probability, and the false accept rate if the threshold is its own.
    """

    threshold: float
    calibration: Calibration | None

    def accepts(self, distance: float) -> bool:
        """Whether faces so far apart are called the same person."""
        return distance <= self.threshold

    def probability(self, distance: float) -> float | None:
        """How likely the same person, if both answers were equally likely before; None where
        nothing was calibrated."""
        return self.calibration.probability(distance) if self.calibration else None

    @property
    def far(self) -> float | None:
        """The false accept rate the threshold was found for; None where somebody just set it."""
        calibration = self.calibration
        return (
            calibration.target_far
            if calibration and calibration.threshold == self.threshold
            else None
        )


def resolve_threshold(
    encoder: Encoder, threshold: float | None = None, *calibrations: Calibration | None
) -> DecisionThreshold:
    """The threshold that holds: the one given, else that of the first calibration there is.

    Parameters:
        encoder: the encoder in use; its own calibration comes last.
        threshold: a distance, 0 … 2, if one is given.
        calibrations: in the order in which they count.

    Raises EncoderMismatchError for a calibration made with another encoder, ConfigError where there
    is no threshold at all or one outside 0 … 2.
    """
    calibration = next(
        (candidate for candidate in (*calibrations, encoder.calibration) if candidate), None
    )
    if calibration:
        same_encoder(calibration.encoder, encoder.fingerprint, "The calibration")
    if threshold is None:
        if calibration is None:
            raise ConfigError(
                f"There is no threshold for the encoder '{encoder.name}'. Find one with "
                "`triptych faces calibrate`, or give --threshold."
            )
        return DecisionThreshold(calibration.threshold, calibration)
    if not 0 <= threshold <= MAX_DISTANCE:
        raise ConfigError(f"Expected a --threshold between 0 and 2, got {threshold:g}.")
    return DecisionThreshold(threshold, calibration)
