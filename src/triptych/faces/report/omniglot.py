"""Omniglot's one-shot classification: which of twenty characters is it, each seen once (Lake et al.
2015).
"""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal
from zlib import error as ZlibError

import numpy as np
from jaxtyping import UInt8

from ...frame.errors import DataError, ImageError
from ...frame.storage import images
from ...frame.storage.files import os_error_reason
from ..detection.alignment import resize_whole
from ..embeddings import euclidean_distances
from ..encoders._encoder import Encoder

LABELS = "class_labels.txt"
LARGEST = 2**24  # bytes a drawing or a list may have

DEFINITION = (
    "mean over runs of the share of test drawings whose nearest training drawing, one of each of "
    "20 characters, is of the same character"
)


@dataclass(frozen=True)
class OneShotResult:
    """The accuracy of one-shot classification.

    Parameters:
        runs: the share of drawings classified correctly in each run, by the run's name.
        trials: drawings of all runs.
    """

    runs: Mapping[str, float]
    trials: int

    @property
    def accuracy(self) -> float:
        """The mean over runs."""
        return float(np.mean(list(self.runs.values())))

    def to_dict(self) -> dict[str, Any]:
        """As `triptych faces characters --json` prints it."""
        return {
            "metrics": {"characters/one_shot": round(self.accuracy, 6)},
            "definitions": {"characters/one_shot": DEFINITION},
            "images": self.trials,
            "runs": dict(self.runs),
        }


def evaluate_one_shot(path: str | Path, encoder: Encoder) -> OneShotResult:
    """Classify the drawings of Omniglot's published runs by the nearest.

    Parameters:
        path: a zip of folders: each has drawings to be classified, drawings to compare them with,
            and `class_labels.txt` with a right pair a line.
        encoder: of images taken whole.

    Raises DataError for a zip that is damaged or laid out otherwise.
    """
    try:
        with zipfile.ZipFile(Path(path)) as packed:
            lists = sorted(name for name in packed.namelist() if name.endswith(LABELS))
            if not lists:
                raise DataError(f"Expected runs with a {LABELS} each in {path}, found none.")
            runs = {name: _pairs(packed, name) for name in lists}
            accuracies = {
                name: _run_accuracy(packed, pairs, encoder) for name, pairs in runs.items()
            }
    except (OSError, zipfile.BadZipFile, KeyError, RuntimeError, ZlibError, ImageError) as error:
        raise DataError(
            f"Cannot read the one-shot runs {path}: {os_error_reason(error)}. Fetch it anew."
        ) from error
    shares = {name.removesuffix(f"/{LABELS}"): share for name, share in accuracies.items()}
    return OneShotResult(shares, sum(map(len, runs.values())))


def _pairs(packed: zipfile.ZipFile, name: str) -> list[tuple[str, str]]:
    """The drawing to be named and the right one to name it by, line by line."""
    lines = _content(packed, name).decode("utf-8", "replace").splitlines()
    pairs = [line.split() for line in lines if line.strip()]
    if not pairs or any(len(pair) != 2 for pair in pairs):
        raise DataError(f"{name}: expected two names a line. Fetch the zip anew.")
    # names are given from where the runs lie, which need not be the top of the zip
    run = PurePosixPath(name).parent
    places = [f"{parent}/" if str(parent) != "." else "" for parent in [run, *run.parents]]
    members = set(packed.namelist())

    def locate(path: str) -> str:
        return next((p + path for p in places if p + path in members), path)

    return [(locate(query), locate(answer)) for query, answer in pairs]


def _run_accuracy(packed: zipfile.ZipFile, pairs: list[tuple[str, str]], encoder: Encoder) -> float:
    """The share of the first of each pair whose nearest is the second."""
    queries, correct = zip(*pairs)
    choices = list(dict.fromkeys(correct))
    crops = np.stack([_crop(packed, name, encoder) for name in [*queries, *choices]])
    vectors = encoder.encode(crops)
    distances = euclidean_distances(vectors[: len(queries)], vectors[len(queries) :])
    nearest = distances.argmin(1)
    return float(np.mean([choices[i] == name for i, name in zip(nearest, correct)]))


def _crop(
    packed: zipfile.ZipFile, name: str, encoder: Encoder
) -> UInt8[np.ndarray, "height width channels"]:
    channels: Literal[1, 3] = 1 if encoder.channels == 1 else 3
    pixels = images.read(_content(packed, name), channels=channels)
    return resize_whole(pixels, encoder.height, encoder.width, channels)


def _content(packed: zipfile.ZipFile, name: str) -> bytes:
    with packed.open(name) as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise DataError(f"{name} unpacks to more than {LARGEST >> 20} MB. Fetch the zip anew.")
    return content
