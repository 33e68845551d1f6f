"""What a trained embedding is worth on people it never saw: figures, and a sheet to look at."""

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
from ..metrics.verification import evaluate_verification
from ..photos.crop_dataset import CropDataset
from .lightning_module import pairs_eer

QUERIES, NEAREST = 8, 5  # rows and columns of the sheet

ALL_PAIRS = "the same over all pairs of these photos, of which most are of two people"


@dataclass(frozen=True)
class HoldoutResult:
    """Figures on some people's photos, and what each means."""

    metrics: dict[str, float]
    definitions: dict[str, str]
    people: int
    photos: int

    def json(self) -> dict[str, Any]:
        return {
            "metrics": self.metrics,
            "definitions": self.definitions,
            "people": self.people,
            "images": self.photos,
        }


def embed(embedding: EmbeddingNet, album: CropDataset) -> Float32[np.ndarray, "photos size"]:
    """Unit vectors of an album's pictures."""
    crops = album.images.permute(0, 2, 3, 1).cpu().numpy()
    return embedding.encode(np.ascontiguousarray(crops))


def to_embeddings(embedding: EmbeddingNet, album: CropDataset, fingerprint: str) -> Embeddings:
    """The same, with whose they are."""
    who = tuple(album.identities[number] for number in album.labels.tolist())
    return Embeddings(embed(embedding, album), album.photos, who, fingerprint)


def evaluate_holdout(
    vectors: Float32[np.ndarray, "photos size"], album: CropDataset, *, seed: int
) -> HoldoutResult:
    """Verification by folds, equal error rates and identification; a figure that so few photos do
    not allow is left out."""
    who = [album.identities[number] for number in album.labels.tolist()]
    metrics: dict[str, float | None] = {}
    definitions: dict[str, str] = {}
    with suppress(ConfigError):  # fewer pairs than folds
        pairs = sample_pairs(who, folds=FOLDS, seed=seed)
        found = evaluate_verification(pairs.distances(vectors), pairs, seed=seed)
        metrics |= _prefix("verification", found.metrics())
        definitions |= _prefix("verification", found.definitions())
    metrics["verification/eer_all_pairs"] = pairs_eer(vectors, album.labels.cpu().numpy())
    definitions["verification/eer_all_pairs"] = ALL_PAIRS
    with suppress(ConfigError):  # fewer than two people
        known = evaluate_identification(vectors, who, seed=seed)
        metrics |= _prefix("identification", known.metrics())
        definitions |= _prefix("identification", known.definitions())
    told = {name: round(value, 6) for name, value in metrics.items() if value is not None}
    return HoldoutResult(
        told, {name: definitions[name] for name in told}, len(album.identities), len(album)
    )


RATES = (1e-3, 1e-2, 1e-1)  # false accept rates: the strictest that the pairs support is taken


def try_calibrate(encodings: Embeddings, source: str) -> tuple[Calibration | None, tuple[str, ...]]:
    """The threshold that a trained encoder comes with, from people who did not train; or none,
    and a note that says so."""
    for far in RATES:
        with suppress(ConfigError):
            return calibrate(encodings, far=far, source=source), ()
    return None, (
        f"The encoder has no threshold of its own: the pairs of {len(set(encodings.identities))} "
        "people support none. Use `triptych faces calibrate` with photos of more people.",
    )


def nearest_neighbor_sheet(
    vectors: Float32[np.ndarray, "photos size"], album: CropDataset, title: str
) -> UInt8[np.ndarray, "height width 3"]:
    """For each of some people the photo that is recognised worst, and beside it those nearest to
    it: named in blue where they are of the same person, in vermilion where not."""
    people = album.labels.cpu().numpy()
    apart = euclidean_distances(vectors, vectors)
    np.fill_diagonal(apart, np.inf)
    most = min(NEAREST, len(album) - 1)  # a photo is no neighbour of itself
    pictures = []
    for query in hardest_queries(apart, people)[:QUERIES].tolist():
        pictures.append(_named(album, query, f"{album.identities[people[query]]} ?", same=True))
        for near in np.argsort(apart[query], kind="stable")[:most].tolist():
            told = f"{apart[query, near]:.2f} {album.identities[people[near]]}"
            pictures.append(_named(album, near, told, same=bool(people[near] == people[query])))
    return contact_sheet(pictures, columns=1 + most, title=title)


def hardest_queries(
    apart: Float32[np.ndarray, "photos photos"], people: Int64[np.ndarray, " photos"]
) -> Int64[np.ndarray, " people"]:
    """Of each person the photo whose nearest stranger is nearest, compared with its nearest
    friend; the worst person first."""
    same = people[:, None] == people[None]
    friend = np.where(same, apart, np.inf).min(1)
    stranger = np.where(same, np.inf, apart).min(1)
    order = np.argsort(stranger - friend, kind="stable")
    _, first = np.unique(people[order], return_index=True)
    return order[np.sort(first)]


def _named(
    album: CropDataset, place: int, text: str, *, same: bool
) -> UInt8[np.ndarray, "height width 3"]:
    picture = ImageCanvas(album.images[place].permute(1, 2, 0).cpu().numpy())
    picture.text(text, color=GROUND_TRUTH if same else PREDICTION)
    return picture.pixels


Told = TypeVar("Told")


def _prefix(whose: str, found: Mapping[str, Told]) -> dict[str, Told]:
    return {f"{whose}/{name}": value for name, value in found.items()}
