"""Faces: is this the same person, and who is it."""

import typing

from .calibration.calibrate import calibrate as calibrate
from .calibration.calibration import Calibration as Calibration
from .detection.face import Face as Face
from .detection.face import Finder as Finder
from .detection.quality import Standards as Standards
from .detection.template import Template as Template
from .embeddings import Encodings as Encodings
from .encoders._build import open_encoder as open_encoder
from .encoders._encoder import Encoder as Encoder
from .gallery.gallery import Gallery as Gallery
from .gallery.gallery import Match as Match
from .photos.identity_folder import People as People
from .photos.identity_folder import people as people
from .recognition.enroll import Enrolment as Enrolment
from .recognition.enroll import enroll as enroll
from .recognition.identify import Identity as Identity
from .recognition.identify import Recognition as Recognition
from .recognition.identify import identify as identify
from .recognition.pipeline import Reader as Reader
from .recognition.pipeline import Reading as Reading
from .recognition.threshold import Rule as Rule
from .recognition.verify import Verdict as Verdict
from .recognition.verify import verify as verify
from .report.evaluate import Evaluation as Evaluation
from .report.evaluate import evaluate as evaluate

if typing.TYPE_CHECKING:
    from .training.train import Trained as Trained
    from .training.train import resume as resume
    from .training.train import train as train


def __getattr__(name: str) -> typing.Any:
    """Training needs Lightning, which takes a second to import: only when it is asked for."""
    if name not in ("Trained", "resume", "train"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .training import train as training

    return getattr(training, name)
