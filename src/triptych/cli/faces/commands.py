"""The commands of the second panel: `triptych faces …`, in the order in which help shows them."""

from . import recognition_commands  # isort: skip
from .galleries import commands as gallery_commands  # isort: skip
from . import (  # isort: skip
    evaluation_commands,
    training_commands,
    encoder_commands,
)
from .answers import commands as answers_commands
from .app import faces
from .jobs import commands as jobs_commands

__all__ = [
    "answers_commands",
    "encoder_commands",
    "evaluation_commands",
    "faces",
    "gallery_commands",
    "jobs_commands",
    "recognition_commands",
    "training_commands",
]
