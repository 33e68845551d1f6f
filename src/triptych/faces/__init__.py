"""Faces: is this the same person, and who is it."""

import typing

from .calibration.calibrate import calibrate as calibrate
from .calibration.calibration import Calibration as Calibration
from .detection.face import Face as Face
from .detection.face import FaceDetector as FaceDetector
from .detection.quality import QualityThresholds as QualityThresholds
from .detection.template import LandmarkTemplate as LandmarkTemplate
from .embeddings import Embeddings as Embeddings
from .encoders._build import load_encoder as load_encoder
from .encoders._encoder import Encoder as Encoder
from .gallery.gallery import Gallery as Gallery
from .gallery.gallery import Match as Match
from .photos.identity_folder import IdentityFolder as IdentityFolder
from .photos.identity_folder import load_identities as load_identities
from .recognition.enroll import EnrollmentResult as EnrollmentResult
from .recognition.enroll import enroll as enroll
from .recognition.identify import IdentificationResult as IdentificationResult
from .recognition.identify import IdentifiedFace as IdentifiedFace
from .recognition.identify import identify as identify
from .recognition.pipeline import FacePipeline as FacePipeline
from .recognition.pipeline import PipelineResult as PipelineResult
from .recognition.threshold import DecisionThreshold as DecisionThreshold
from .recognition.verify import VerificationResult as VerificationResult
from .recognition.verify import verify as verify
from .report.evaluate import FaceEvaluation as FaceEvaluation
from .report.evaluate import evaluate as evaluate

if typing.TYPE_CHECKING:
    from .training.train import TrainResult as TrainResult
    from .training.train import resume as resume
    from .training.train import train as train


def __getattr__(name: str) -> typing.Any:
    """Training needs Lightning, which takes a second to import: only when it is asked for."""
    if name not in ("Trained", "resume", "train"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .training import train as training

    return getattr(training, name)
