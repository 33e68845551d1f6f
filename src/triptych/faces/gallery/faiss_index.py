"""An index over very many vectors: a file beside the database, that only proposes candidates.

Candidates are looked up in the database, where distances are computed anew; so an index that lags
behind or is damaged may cost time, and never a wrong answer. faiss trusts what it reads, so a file
is handed to it only where its checksum is the one we wrote down.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32, Int64

from ...frame.dependencies import requires
from ...frame.storage.files import atomic_write, write_json

FORMAT = 1
SAMPLE = 65_536  # vectors the index learns its code book from
LISTS = 256  # parts the vectors are divided into, and ...
NPROBE_FRACTION = 0.5  # ... how many of them are looked through for a query, at least, and ...
ALWAYS = 250_000  # ... how many vectors: so few that all of them are
PARALLEL_MODE = 14  # faiss's number for looking through the lists of one query by several threads
CODES = 16  # that 4 bits tell apart; the sample must have as many
FEW = 8  # queries: fewer leave threads idle unless the lists of each are spread over them
MIN_POINTS_PER_CENTROID = (
    40  # vectors a list should have at least, so that its centre means something
)
K_FACTOR = 12  # candidates by short codes for each one asked for; they are ranked by longer codes

Vectors = Float32[np.ndarray, "rows size"]
Queries = Float32[np.ndarray, "queries size"]
Ids = Int64[np.ndarray, " rows"]


@dataclass(frozen=True)
class IndexCoverage:
    """The rows of a gallery that an index was made of: those up to the id `last`.

    Parameters:
        gallery: which one, as in `GalleryState`.
        removals: how many there had been, as in `GalleryState`.
        count: of rows.
        last: the newest id.
        digest: of the photo with that id.
    """

    gallery: str
    removals: int
    count: int
    last: int
    digest: str


class FaissIndex:
    """Product quantisation to 4 bits for two numbers (André et al. 2015, as faiss computes it) in
    inverted lists, its best candidates ranked again by 8 bits a number."""

    def __init__(self, index: Any, coverage: IndexCoverage):
        """
        Parameters:
            index: of faiss, with ids.
            coverage: the rows it was made of.
        """
        self._index = index
        self.coverage = coverage

    @classmethod
    def build(
        cls,
        sample: Float32[np.ndarray, "sample size"],
        rows: Iterable[tuple[Ids, Vectors]],
        coverage: IndexCoverage,
    ) -> "FaissIndex":
        """Train on a sample, then add all rows.

        Parameters:
            sample: unit vectors, (S, D), that the code book is learnt from.
            rows: ids and vectors, in parts.
            coverage: which rows these are.
        """
        faiss = _faiss()
        size = sample.shape[1] + sample.shape[1] % 2
        sample = np.resize(_even(sample), (max(len(sample), CODES), size))
        lists = max(1, min(LISTS, len(sample) // MIN_POINTS_PER_CENTROID))
        kind = f"IVF{lists},PQ{size // 2}x4fs,Refine(SQ8)"
        inner = faiss.index_factory(size, kind, faiss.METRIC_INNER_PRODUCT)
        clustering = faiss.extract_index_ivf(inner).cp
        clustering.niter, clustering.min_points_per_centroid = 8, 1
        inner.train(sample)
        index = faiss.IndexIDMap(inner)
        for ids, vectors in rows:
            index.add_with_ids(_even(vectors), ids)
        return cls(index, coverage)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(self, vectors: Queries, count: int) -> Int64[np.ndarray, "queries candidates"]:
        """Ids of about the nearest, best first; −1 where there are no more.

        Parameters:
            vectors: of unit length, (N, D).
            count: how many candidates for each.
        """
        faiss = _faiss()
        inner = faiss.downcast_index(self._index.index)
        lists = faiss.extract_index_ivf(inner)
        share = max(NPROBE_FRACTION, min(1.0, ALWAYS / max(1, len(self))))
        lists.nprobe = max(1, round(lists.nlist * share))
        faiss.downcast_index(lists).implem = PARALLEL_MODE if len(vectors) < FEW else 0
        inner.k_factor = float(K_FACTOR)
        return self._index.search(_even(vectors), min(count, max(1, len(self))))[1]

    def save(self, path: Path) -> None:
        """Write it, and its checksum and what it covers beside it. Raises WriteError."""
        with atomic_write(path) as beside:
            beside.touch()  # says what is wrong in the way of all files; faiss would not
            _faiss().write_index(self._index, str(beside))
            checksum = _checksum(beside)
        write_json(
            sidecar(path), {"format": FORMAT, "sha256": checksum, "covered": asdict(self.coverage)}
        )

    @classmethod
    def load(cls, path: Path) -> "FaissIndex | None":
        """What `save` wrote; None for what is missing, damaged, or written by anything else."""
        try:
            record = json.loads(sidecar(path).read_bytes())
            coverage = IndexCoverage(**record["covered"])
            if record["format"] != FORMAT or record["sha256"] != _checksum(path):
                return None
        except (OSError, ValueError, KeyError, TypeError):
            return None
        try:
            return cls(_faiss().read_index(str(path)), coverage)
        except RuntimeError:  # whole, but from another version of faiss
            return None


def sidecar(path: Path) -> Path:
    """The file beside an index that says what it is."""
    return path.with_name(path.name + ".json")


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _even(
    vectors: Vectors,
) -> Float32[np.ndarray, "rows even"]:
    """With a zero more where the size is odd: two numbers share a code."""
    odd = vectors.shape[1] % 2
    return np.ascontiguousarray(np.pad(vectors, [(0, 0), (0, 1)]) if odd else vectors)


def _faiss() -> Any:
    with requires("A gallery of so many photos", "faiss", "triptych[faces]"):
        import faiss
    return faiss
