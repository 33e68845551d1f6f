"""Faces: is this the same person, and who is it."""

import typing

from .calibration.calibrate import calibrate
from .calibration.calibration import Calibration
from .detection.alignment import align_face
from .detection.face import Face, FaceDetector
from .detection.quality import QualityThresholds
from .detection.template import LandmarkTemplate
from .detection.yunet import YuNet
from .embeddings import Embeddings
from .encoders._build import load_encoder
from .encoders._encoder import Encoder
from .encoders.onnx import OnnxEncoder
from .gallery.gallery import Gallery, Match
from .metrics.pairs import Pairs
from .photos.identity_folder import IdentityFolder, load_identities
from .recognition.enroll import EnrollmentResult, enroll
from .recognition.identify import IdentificationResult, IdentifiedFace, identify
from .recognition.pipeline import FacePipeline, PipelineResult
from .recognition.threshold import DecisionThreshold
from .recognition.verify import VerificationResult, verify
from .report.evaluate import evaluate
from .report.result import FaceEvaluation

if typing.TYPE_CHECKING:
    from .training.train import TrainResult, resume, train


# what they were called in version 0.1.0
Encodings = Embeddings

__all__ = [
    "Calibration",
    "DecisionThreshold",
    "Embeddings",
    "Encoder",
    "Encodings",
    "EnrollmentResult",
    "Face",
    "FaceDetector",
    "FaceEvaluation",
    "FacePipeline",
    "Gallery",
    "IdentificationResult",
    "IdentifiedFace",
    "IdentityFolder",
    "LandmarkTemplate",
    "Match",
    "OnnxEncoder",
    "Pairs",
    "PipelineResult",
    "QualityThresholds",
    "TrainResult",
    "VerificationResult",
    "YuNet",
    "align_face",
    "calibrate",
    "enroll",
    "evaluate",
    "identify",
    "load_encoder",
    "load_identities",
    "resume",
    "train",
    "verify",
]

_LAZY = ("TrainResult", "resume", "train")


def __getattr__(name: str) -> typing.Any:
    """Training needs Lightning, which takes a second to import: only when it is asked for."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .training import train as training

    return getattr(training, name)
