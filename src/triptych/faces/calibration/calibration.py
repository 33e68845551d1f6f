"""The threshold of an encoder: where it lies, what it was found on, how sure it is."""

import json
import math
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ...frame.errors import DataError
from ...frame.storage.files import os_error_reason, write_json

FORMAT = 1


KEYS = {
    "threshold_low": "low",
    "threshold_high": "high",
    "target_far": "target",
    "genuine_pairs": "same",
    "impostor_pairs": "different",
}
"""What fields are called in files, where that is not their name."""


@dataclass(frozen=True)
class Calibration:
    """The threshold of an encoder for a false accept rate, and a curve from distance to
    probability.

    Distances are Euclidean between unit vectors: 0 … 2, and d² = 2 − 2·cos. The probability is a
    logistic curve (Platt 1999) for a pair that is as likely the same person as not.

    Parameters:
        encoder: its fingerprint.
        threshold: faces at most so far apart are the same person.
        threshold_low: lower end of the 95 % interval of the threshold.
        threshold_high: its upper end.
        target_far: the false accept rate asked for.
        far: the share of pairs of two people that were accepted.
        far_low: lower end of its 95 % interval, by a bootstrap over people.
        far_high: its upper end.
        slope: of the log odds of one person by distance, 0 or less.
        intercept: the log odds at distance 0.
        people: how many it was found on.
        photos: how many it was found on.
        genuine_pairs: pairs of one person among them.
        impostor_pairs: pairs of two people among them.
        source: the photos' folder, or what else it was found on.
    """

    encoder: str
    threshold: float
    threshold_low: float
    threshold_high: float
    target_far: float
    far: float
    far_low: float
    far_high: float
    slope: float
    intercept: float
    people: int
    photos: int
    genuine_pairs: int
    impostor_pairs: int
    source: str

    def accepts(self, distance: float) -> bool:
        """Whether faces so far apart are called the same person."""
        return distance <= self.threshold

    def probability(self, distance: float) -> float:
        """How likely the same person, 0 … 1, where both answers were equally likely before."""
        odds = self.intercept + self.slope * distance
        return 1 / (1 + math.exp(-odds)) if odds > -700 else 0.0

    def to_dict(self) -> dict[str, Any]:
        """Its values as `calibrate` writes them to a file."""
        return {"format": FORMAT, **{KEYS.get(k, k): v for k, v in asdict(self).items()}}

    @classmethod
    def from_dict(cls, value: Any, name: str = "The calibration") -> "Calibration":
        """What `to_dict` gave.

        Parameters:
            value: as read from JSON.
            name: what an error calls it.

        Raises DataError for anything else, and for numbers that are not finite.
        """
        try:
            if value["format"] > FORMAT:
                raise DataError(f"{name} was written by a newer triptych. Upgrade this one.")
            fields = {
                name: kind(value[KEYS.get(name, name)])
                for name, kind in cls.__annotations__.items()
            }
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(f"{name} is damaged. Run `triptych faces calibrate` anew.") from error
        numbers = [field for field in fields.values() if isinstance(field, float)]
        if not all(map(math.isfinite, numbers)):
            raise DataError(f"{name} holds numbers that are none. Calibrate anew.")
        return cls(**fields)

    def save(self, path: str | Path) -> None:
        """Write it as JSON, whole or not at all. Raises WriteError."""
        write_json(path, self.to_dict())

    @classmethod
    def load(cls, path: str | Path) -> "Calibration":
        """What `save` wrote. Raises DataError for a file that is missing, damaged or another."""
        try:
            value = json.loads(Path(path).read_bytes())
        except OSError as error:
            raise DataError(
                f"Cannot read the calibration {path}: {os_error_reason(error)}. "
                "`triptych faces calibrate` makes one."
            ) from error
        except ValueError as error:
            raise DataError(f"{path} is no calibration: it is no JSON. Calibrate anew.") from error
        return cls.from_dict(value, str(path))


@lru_cache
def shipped_calibration(path: Path, encoder: str) -> Calibration | None:
    """The calibration an encoder comes with; None where it was found for another, or is missing.

    Parameters:
        path: of the file.
        encoder: fingerprint of the encoder.
    """
    try:
        calibration = Calibration.load(path)
    except DataError:
        return None
    return calibration if calibration.encoder == encoder else None
