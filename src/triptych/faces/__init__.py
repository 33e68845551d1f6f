"""Faces: is this the same person, and who is it."""

import typing

from .calibrating import calibrate as calibrate
from .calibration import Calibration as Calibration
from .decision import Rule as Rule
from .encoder import Encoder as Encoder
from .encodings import Encodings as Encodings
from .enrolment import Enrolment as Enrolment
from .enrolment import enroll as enroll
from .evaluation import Evaluation as Evaluation
from .evaluation import evaluate as evaluate
from .face import Face as Face
from .face import Finder as Finder
from .gallery import Gallery as Gallery
from .gallery import Match as Match
from .opening import open_encoder as open_encoder
from .people import People as People
from .people import people as people
from .reading import Reader as Reader
from .reading import Reading as Reading
from .recognising import Identity as Identity
from .recognising import Recognition as Recognition
from .recognising import identify as identify
from .selection import Standards as Standards
from .template import Template as Template
from .verifying import Verdict as Verdict
from .verifying import verify as verify

if typing.TYPE_CHECKING:
    from .training import Trained as Trained
    from .training import resume as resume
    from .training import train as train


def __getattr__(name: str) -> typing.Any:
    """Training needs Lightning, which takes a second to import: only when it is asked for."""
    if name not in ("Trained", "resume", "train"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import training

    return getattr(training, name)
