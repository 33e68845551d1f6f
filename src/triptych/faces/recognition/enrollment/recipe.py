"""How a pipeline reads a photo, in words that a gallery keeps beside each vector."""

import inspect
from dataclasses import asdict
from math import isfinite
from typing import Any

from ....frame.errors import ConfigError
from ..pipeline import FacePipeline

PLAIN = (bool, int, float, str, type(None))


def pipeline_settings(pipeline: FacePipeline) -> dict[str, Any]:
    """What the vector of a photo depends on beside its encoder, of JSON's types.

    Parameters:
        pipeline: what reads the photos.
    """
    aligned = pipeline.aligned and pipeline.encoder.template is not None
    if pipeline.detector is None:
        return {"aligned": aligned, "detector": None}
    return {
        "aligned": aligned,
        "detector": _detector_settings(pipeline.detector),
        "faces": pipeline.selection,
        "thresholds": {
            name: value if isfinite(value) else None
            for name, value in asdict(pipeline.thresholds).items()
        },
    }


def check_one_face(faces: str, purpose: str) -> None:
    """Raise ConfigError where all faces of a photo would be taken for the person it is of.

    Parameters:
        faces: which faces of a photo count.
        purpose: what the error calls it: "enrolment".
    """
    if faces == "all":
        raise ConfigError(
            f"Expected faces one or largest for {purpose}, got all: bystanders would be taken for "
            "the person whose folder it is. Use --faces one, or --faces largest."
        )


def _detector_settings(detector: object) -> dict[str, Any]:
    """Its class, and whatever its constructor takes that it keeps under the same name."""
    settings: dict[str, Any] = {"name": type(detector).__name__}
    search = getattr(detector, "search", None)
    for name in inspect.signature(type(detector)).parameters:
        value = getattr(detector, name, getattr(search, name, None))
        if isinstance(value, PLAIN) and value is not None:
            settings[name] = value
    return settings
