"""Embeddings of many faces with their names, as a struct of arrays; saved without pickle."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from jaxtyping import Float32, Int64

from ..frame.errors import DataError
from ..frame.storage.files import write_bytes

NORM_TOLERANCE = 1e-3  # how far from 1 a vector's length may be: float16 rounds by less
MAX_BYTES = 2**32  # bytes: a file that unpacks to more is refused


@dataclass(frozen=True, eq=False)
class Embeddings:
    """N unit vectors of one encoder, each with its photo and its identity.

    Parameters:
        vectors: float32, (N, D), of unit length.
        photos: the name or path of each row's photo.
        identities: the name of each row's person, "" where it is not known.
        encoder: fingerprint of the encoder.
    """

    vectors: Float32[np.ndarray, "count size"]
    photos: tuple[str, ...]
    identities: tuple[str, ...]
    encoder: str

    def __len__(self) -> int:
        return len(self.vectors)

    def distances(self, other: "Embeddings") -> Float32[np.ndarray, "count others"]:
        """Euclidean distances, 0 … 2: entry [i, j] from row i to row j of the other."""
        return euclidean_distances(self.vectors, other.vectors)

    def labels(self) -> Int64[np.ndarray, " count"]:
        """Identities as numbers, in the order of their names."""
        return np.unique(self.identities, return_inverse=True)[1].astype(np.int64).reshape(-1)

    def save(self, path: str | Path) -> None:
        """Write them as .npz (arrays of numbers and text), whole or not at all.

        Raises WriteError.
        """
        packed = BytesIO()
        np.savez_compressed(
            packed,
            vectors=self.vectors,
            photos=np.array(self.photos, np.str_),
            people=np.array(self.identities, np.str_),
            encoder=np.array(self.encoder, np.str_),
        )
        write_bytes(path, packed.getvalue())

    @classmethod
    def load(cls, path: str | Path) -> "Embeddings":
        """What `save` wrote. Raises DataError for a file that is missing, damaged or another."""
        try:
            # NumPy leaves a file open that it cannot read
            content = BytesIO(Path(path).read_bytes())
            with np.load(content, allow_pickle=False) as file:
                if sum(entry.file_size for entry in file.zip.infolist()) > MAX_BYTES:
                    raise DataError(f"{path} unpacks to more than 4 GB. Split it.")
                arrays = {name: file[name] for name in ("vectors", "photos", "people", "encoder")}
        except (OSError, ValueError, KeyError, AttributeError, EOFError, BadZipFile) as error:
            raise DataError(
                f"Expected encodings as `triptych faces encode` writes them, but {path} is not "
                f"({type(error).__name__}). Encode the photos anew."
            ) from error
        vectors = arrays["vectors"]
        if vectors.ndim != 2 or vectors.dtype.kind != "f":
            raise DataError(f"{path}: expected rows of numbers, got {vectors.shape}. Encode anew.")
        lengths = np.linalg.norm(vectors.astype(np.float32), axis=1)
        counts = {len(arrays[name]) for name in ("vectors", "photos", "people")}
        if len(counts) > 1 or not np.all(np.abs(lengths - 1) < NORM_TOLERANCE):
            raise DataError(f"{path}: the vectors are not of unit length, or not all named.")
        return cls(
            np.ascontiguousarray(vectors, np.float32),
            tuple(map(str, arrays["photos"])),
            tuple(map(str, arrays["people"])),
            str(arrays["encoder"]),
        )


def is_unit(vectors: Float32[np.ndarray, "count size"]) -> bool:
    """Whether all vectors are of unit length; those that are not finite are not."""
    squares = np.einsum("ij,ij->i", vectors, vectors)
    return bool(np.all(np.abs(np.sqrt(squares) - 1) < NORM_TOLERANCE))


def euclidean_distances(
    first: Float32[np.ndarray, "count size"], second: Float32[np.ndarray, "others size"]
) -> Float32[np.ndarray, "count others"]:
    """Euclidean distances between unit vectors, 0 … 2.

    Parameters:
        first: (N, D), of unit length.
        second: (M, D), of unit length.

    Returns (N, M): entry [i, j] is from row i of the first to row j of the second.

    >>> a = np.eye(2, dtype=np.float32)
    >>> euclidean_distances(a, a).round(3).tolist()
    [[0.0, 1.4140000343322754], [1.4140000343322754, 0.0]]
    """
    return np.sqrt(np.clip(2 - 2 * (first @ second.T), 0, 4))
