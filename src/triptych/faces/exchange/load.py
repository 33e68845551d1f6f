"""Vectors from a file into a gallery, all of them or none."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection

from ...frame.errors import ConfigError, DataError
from ...frame.storage.files import os_error_reason
from ..embeddings import Embeddings
from ..encoders._encoder import same_encoder
from ..gallery.gallery import Gallery
from ..gallery.writes import check_embeddings
from .batch import FaceBatch, VectorFile, unit_vectors, vector_digest
from .numpy_files import open_npy, open_npz
from .tables import open_csv, open_parquet

PICKLES = (".pkl", ".pickle", ".p", ".joblib")
DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class ImportResult:
    """What became of the rows of a file.

    Parameters:
        rows: how many it has.
        added: faces that are new in the gallery.
        known: faces that were there before.
        renewed: faces that were there, but read otherwise.
        normalized: vectors that were not of unit length, and were divided by their length.
    """

    rows: int
    added: int
    known: int
    renewed: int
    normalized: int

    def to_dict(self) -> dict[str, Any]:
        """As `triptych faces import --json` prints it."""
        return dict(vars(self))


def open_vectors(
    path: str | Path,
    *,
    names: str | Path | None = None,
    person_column: str = "person",
    vector_column: str = "vector",
) -> VectorFile:
    """A file of vectors, by its ending: .npz of `faces encode`, .npy, .parquet or .csv.

    Parameters:
        path: of the file.
        names: a file with a name for each row, for NumPy's files: lines, or a CSV.
        person_column: the column of names in a table.
        vector_column: the column of vectors in a table.

    Raises DataError for a file that is damaged or of another kind. A pickle is never read.
    """
    path, names = Path(path), None if names is None else Path(names)
    ending = path.suffix.lower()
    if ending in PICKLES or _is_pickle(path):
        raise DataError(
            f"{path} is a pickle, which may run any program and is never read. If it is "
            "DeepFace's, enroll its folder of photos: `triptych faces enroll DB_PATH`; else save "
            "the vectors as .parquet or .npy."
        )
    if ending in (".npz", ".npy"):
        return (open_npz if ending == ".npz" else open_npy)(path, names)
    if ending in (".parquet", ".pq", ".csv"):
        if names is not None:
            raise ConfigError("--names is for NumPy's files: a table has its own column of names.")
        open_table = open_csv if ending == ".csv" else open_parquet
        return open_table(path, person_column, vector_column)
    raise DataError(f"Expected vectors in a file .npz, .npy, .parquet or .csv, got {path}.")


def check_vectors(vectors: VectorFile, encoder: str, size: int) -> None:
    """Read a file to its end, and raise DataError for whatever a gallery would not take.

    Parameters:
        vectors: the file.
        encoder: fingerprint of the encoder they are said to be of.
        size: numbers in a vector of it.
    """
    if vectors.encoder:
        same_encoder(vectors.encoder, encoder, vectors.name)
    if vectors.size != size:
        raise DataError(
            f"{vectors.name} holds vectors of {vectors.size} numbers, '{encoder}' makes {size}. "
            "Name the encoder they are of."
        )
    row = 0
    for batch in vectors.batches():
        _embeddings(batch, vectors, encoder, row)
        row += len(batch.people)


def import_vectors(vectors: VectorFile, gallery: Gallery) -> ImportResult:
    """Put the faces of a file into a gallery, in one transaction; done twice it changes nothing.

    Parameters:
        vectors: the file, as `open_vectors` gives it.
        gallery: of the encoder that the vectors are of.

    Raises DataError for what no gallery takes, and where a face is another person's in the gallery;
    EncoderMismatchError for vectors of another encoder.
    """
    encoder = gallery.encoder
    check_vectors(vectors, encoder, gallery.dim)
    rows = added = known = renewed = normalized = 0
    with gallery.database.write_transaction() as connection:
        for batch in vectors.batches():
            embeddings, digests, others = _embeddings(batch, vectors, encoder, rows)
            rows += len(digests)
            normalized += others
            for part in _parts(batch):
                count = _write(gallery, connection, vectors, batch, embeddings, digests, part)
                added, known = added + count.added, known + count.known
                renewed += count.renewed
    gallery.forget_removed(renewed)
    return ImportResult(rows, added, known, renewed, normalized)


def _write(
    gallery: Gallery,
    connection: Connection,
    vectors: VectorFile,
    batch: FaceBatch,
    embeddings: Embeddings,
    digests: list[str],
    part: np.ndarray,
) -> Any:
    """Enroll the rows of a batch that come from one folder and were read in one way."""
    first = int(part[0])
    rows = [int(row) for row in part]
    counts = gallery.enroll(
        Embeddings(
            embeddings.vectors[part],
            tuple(embeddings.photos[row] for row in rows),
            tuple(embeddings.identities[row] for row in rows),
            embeddings.encoder,
        ),
        [digests[row] for row in rows],
        faces=[batch.faces[row] for row in rows],
        qualities=[batch.qualities[row] for row in rows],
        settings=vectors.recipes.get(batch.recipes[first]),
        source=batch.sources[first],
        shared="refuse",
        connection=connection,
    )
    if counts.shared:
        shared = counts.shared[0]
        raise DataError(
            f"{vectors.name}: {shared.photo} is {shared.person}'s, and {shared.other.person}'s in "
            "the gallery. Nothing was imported: mend the name, or remove one."
        )
    return counts


def _parts(batch: FaceBatch) -> list[np.ndarray]:
    """The rows of a batch by where they come from and how they were read."""
    keys = np.array([f"{s}\0{r}" for s, r in zip(batch.sources, batch.recipes)], np.str_)
    numbers = np.unique(keys, return_inverse=True)[1].reshape(-1)
    return [np.flatnonzero(numbers == number) for number in range(int(numbers.max()) + 1)]


def _embeddings(
    batch: FaceBatch, vectors: VectorFile, encoder: str, row: int
) -> tuple[Embeddings, list[str], int]:
    """The rows of a batch as a gallery takes them, their digests, and how many were normalized."""
    unit, others = unit_vectors(batch.vectors, vectors.name, row)
    file = Path(vectors.name).name
    photos = [photo or f"{file}:{number}" for number, photo in enumerate(batch.photos, row + 1)]
    digests = [
        digest if DIGEST.fullmatch(digest) else vector_digest(photo, vector)
        for digest, photo, vector in zip(batch.digests, batch.photos, unit)
    ]
    if "" in batch.people:
        raise DataError(
            f"{vectors.name}, row {row + batch.people.index('') + 1}: no name. Name the rows: "
            "--names names.csv, or --person-column."
        )
    embeddings = Embeddings(unit, tuple(photos), tuple(batch.people), encoder)
    check_embeddings(embeddings, digests, vectors.size)
    return embeddings, digests, others


def _is_pickle(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(1) == b"\x80"
    except OSError as error:
        raise DataError(f"Cannot read {path}: {os_error_reason(error)}.") from error
