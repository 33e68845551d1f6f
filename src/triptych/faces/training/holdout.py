"""Verification and identification metrics on held-out identities, and a sheet of the hardest."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from jaxtyping import Float32, Int64, UInt8

from ...frame.drawing.annotate import GROUND_TRUTH, PREDICTION, ImageCanvas
from ...frame.drawing.contact_sheet import contact_sheet
from ...frame.errors import ConfigError
from ..calibration.calibrate import calibrate
from ..calibration.calibration import Calibration
from ..embeddings import Embeddings, euclidean_distances
from ..encoders._embedding_net import EmbeddingNet
from ..metrics.identification import evaluate_identification
from ..metrics.pairs import FOLDS, sample_pairs
from ..metrics.roc import pairs_eer
from ..metrics.verification import evaluate_verification
from ..photos.crop_dataset import CropDataset

QUERIES, NEAREST = 8, 5  # rows and columns of the sheet

ALL_PAIRS = "the same over all pairs of these photos, of which most are of two people"


@dataclass(frozen=True)
class HoldoutResult:
    """Metrics on people who did not train.

    Parameters:
        metrics: by name.
        definitions: what each means, in one line.
        people: how many there are.
        photos: how many there are.
    """

    metrics: dict[str, float]
    definitions: dict[str, str]
    people: int
    photos: int

    def to_dict(self) -> dict[str, Any]:
        """As results.json holds it."""
        return {
            "metrics": self.metrics,
            "definitions": self.definitions,
            "people": self.people,
            "images": self.photos,
        }


def embed(network: EmbeddingNet, dataset: CropDataset) -> Float32[np.ndarray, "photos size"]:
    """Unit vectors of all images of a dataset.

    Parameters:
        network: in evaluation mode.
        dataset: of crops.
    """
    crops = dataset.images.permute(0, 2, 3, 1).cpu().numpy()
    return network.encode(np.ascontiguousarray(crops))


def to_embeddings(network: EmbeddingNet, dataset: CropDataset, fingerprint: str) -> Embeddings:
    """The same, with names.

    Parameters:
        network: in evaluation mode.
        dataset: of crops.
        fingerprint: of the encoder that the network will be.
    """
    identities = tuple(dataset.identities[number] for number in dataset.labels.tolist())
    return Embeddings(embed(network, dataset), dataset.photos, identities, fingerprint)


def evaluate_holdout(
    vectors: Float32[np.ndarray, "photos size"], dataset: CropDataset, *, seed: int
) -> HoldoutResult:
    """Verification by folds, equal error rate of all pairs, and identification.

    A metric that so few photos do not allow is left out.

    Parameters:
        vectors: of unit length, a row for each image.
        dataset: the images.
        seed: of folds, splits and bootstrap.
    """
    identities = [dataset.identities[number] for number in dataset.labels.tolist()]
    metrics: dict[str, float | None] = {}
    definitions: dict[str, str] = {}
    with suppress(ConfigError):  # fewer pairs than folds
        pairs = sample_pairs(identities, folds=FOLDS, seed=seed)
        verification = evaluate_verification(pairs.distances(vectors), pairs, seed=seed)
        metrics |= _prefix("verification", verification.metrics())
        definitions |= _prefix("verification", verification.definitions())
    metrics["verification/eer_all_pairs"] = pairs_eer(vectors, dataset.labels.cpu().numpy())
    definitions["verification/eer_all_pairs"] = ALL_PAIRS
    with suppress(ConfigError):  # fewer than two people
        identification = evaluate_identification(vectors, identities, seed=seed)
        metrics |= _prefix("identification", identification.metrics())
        definitions |= _prefix("identification", identification.definitions())
    figures = {name: round(value, 6) for name, value in metrics.items() if value is not None}
    return HoldoutResult(
        figures,
        {name: definitions[name] for name in figures},
        len(dataset.identities),
        len(dataset),
    )


RATES = (1e-3, 1e-2, 1e-1)  # false accept rates: the strictest that the pairs support is taken


def try_calibrate(
    embeddings: Embeddings, source: str
) -> tuple[Calibration | None, tuple[str, ...]]:
    """The threshold that a trained encoder comes with, or none and a warning that says so.

    Parameters:
        embeddings: of people who did not train.
        source: what the calibration says it was found on.
    """
    for far in RATES:
        with suppress(ConfigError):
            return calibrate(embeddings, far=far, source=source), ()
    return None, (
        f"The encoder has no threshold of its own: the pairs of {len(set(embeddings.identities))} "
        "people support none. Use `triptych faces calibrate` with photos of more people.",
    )


def nearest_neighbor_sheet(
    vectors: Float32[np.ndarray, "photos size"], dataset: CropDataset, title: str
) -> UInt8[np.ndarray, "height width 3"]:
    """For each of some people the photo that is recognised worst, and beside it those nearest to
    it: named in blue where they are of the same person, in vermilion where not.

    Parameters:
        vectors: of unit length, a row for each image.
        dataset: the images.
        title: of the sheet.
    """
    labels = dataset.labels.cpu().numpy()
    distances = euclidean_distances(vectors, vectors)
    np.fill_diagonal(distances, np.inf)
    columns = min(NEAREST, len(dataset) - 1)  # a photo is no neighbour of itself
    images = []
    for query in hardest_queries(distances, labels)[:QUERIES].tolist():
        images.append(_named(dataset, query, f"{dataset.identities[labels[query]]} ?", same=True))
        for near in np.argsort(distances[query], kind="stable")[:columns].tolist():
            label = f"{distances[query, near]:.2f} {dataset.identities[labels[near]]}"
            images.append(_named(dataset, near, label, same=bool(labels[near] == labels[query])))
    return contact_sheet(images, columns=1 + columns, title=title)


def hardest_queries(
    distances: Float32[np.ndarray, "photos photos"], labels: Int64[np.ndarray, " photos"]
) -> Int64[np.ndarray, " people"]:
    """Of each person the photo whose nearest negative is nearest, compared with its nearest
    positive; the worst person first.

    Parameters:
        distances: between all photos, infinite from each to itself.
        labels: the number of each photo's person.
    """
    same = labels[:, None] == labels[None]
    nearest_positive = np.where(same, distances, np.inf).min(1)
    nearest_negative = np.where(same, np.inf, distances).min(1)
    order = np.argsort(nearest_negative - nearest_positive, kind="stable")
    _, first = np.unique(labels[order], return_index=True)
    return order[np.sort(first)]


def _named(
    dataset: CropDataset, place: int, text: str, *, same: bool
) -> UInt8[np.ndarray, "height width 3"]:
    canvas = ImageCanvas(dataset.images[place].permute(1, 2, 0).cpu().numpy())
    canvas.text(text, color=GROUND_TRUTH if same else PREDICTION)
    return canvas.pixels


Value = TypeVar("Value")


def _prefix(part: str, values: Mapping[str, Value]) -> dict[str, Value]:
    return {f"{part}/{name}": value for name, value in values.items()}
