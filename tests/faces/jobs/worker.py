"""A worker in a process of its own, with an encoder of the tests that can be slow, or fatal."""

import json
import os
import signal
import sys
import time
from pathlib import Path

import numpy as np

from triptych.faces.encoders._encoder import Crops, Encoder, Vectors
from triptych.faces.gallery.gallery import Gallery
from triptych.faces.jobs.work import WorkResult, work
from triptych.faces.recognition.pipeline import FacePipeline
from triptych.frame.errors import TriptychError

FATAL = (7, 7, 7)  # a photo whose first pixel is so kills whoever encodes it


class Thumbnail(Encoder):
    """A picture of 4 × 4 pixels as a unit vector; it takes so many seconds a photo."""

    name, fingerprint, template = "thumbnail", "thumbnail-1", None
    height = width = 4
    channels, dim = 3, 48

    def __init__(self, seconds: float = 0.0):
        self.seconds = seconds

    def encode(self, crops: Crops) -> Vectors:
        for crop in crops:
            time.sleep(self.seconds)
            if tuple(crop[0, 0].tolist()) == FATAL:
                os.kill(os.getpid(), signal.SIGKILL)
        flat = crops.reshape(len(crops), self.dim).astype(np.float32) + 1
        return flat / np.linalg.norm(flat, axis=1, keepdims=True)


def opened(url: str, **options: object) -> Gallery:
    """A gallery of thumbnails."""
    return Gallery.open(url, encoder=Thumbnail(), create=True, wait=30, **options)  # type: ignore[arg-type]


def run(url: str, seconds: float = 0.0, batch: int = 8, lease: float = 1.0) -> WorkResult:
    """Work until all photos are over."""
    with opened(url) as gallery:
        pipeline = FacePipeline(Thumbnail(seconds), workers=1)
        return work(gallery, pipeline=pipeline, batch=batch, lease=lease)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[3] / "src"))
    try:
        print(json.dumps(run(sys.argv[1], float(sys.argv[2])).to_dict()), flush=True)
    except TriptychError as error:
        print(f"{type(error).__name__}: {error}", flush=True)
        sys.exit(2)
