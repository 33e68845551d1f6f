"""A gallery as a Parquet file: a row a face, read and written piece by piece."""

import json
from pathlib import Path
from typing import Any

from sqlalchemy import select

from ...frame.dependencies import requires
from ...frame.errors import WriteError
from ...frame.storage.files import atomic_write, os_error_reason
from ..gallery.gallery import Gallery
from ..gallery.schema import decode_vectors
from ..gallery.tables import FACES, PEOPLE
from .batch import ROWS

FORMAT = 1  # of the columns and of what the file says of itself
KEY = b"triptych"  # under which it says so: JSON
COLUMNS = ("person", "photo", "digest", "face", "quality", "source", "recipe", "vector")


def export_gallery(gallery: Gallery, path: str | Path) -> int:
    """Write the faces of a gallery's tenant into a Parquet file, whole or not at all.

    Its columns are person, photo, digest, face, quality, source, recipe and vector, a list of
    float32 of fixed size. Its metadata names the encoder by fingerprint and how photos were read.

    Parameters:
        gallery: to read from; what others write meanwhile is not seen.
        path: of the file.

    Returns how many faces there are. Raises MissingDependencyError without pyarrow, WriteError.
    """
    with requires("Parquet", "pyarrow", "triptych[parquet]"):
        import pyarrow as pa
        from pyarrow import parquet

    recipes = {each.recipe: each.settings for each in gallery.recipes() if each.settings}
    about = {"format": FORMAT, "encoder": gallery.encoder, "dim": gallery.dim, "recipes": recipes}
    text = ("person", "photo", "digest", "source", "recipe")
    types: dict[str, Any] = dict.fromkeys(text, pa.string())
    types |= {"face": pa.int32(), "quality": pa.float32()}
    types["vector"] = pa.list_(pa.float32(), gallery.dim)
    schema = pa.schema(
        [pa.field(name, types[name], nullable=name == "quality") for name in COLUMNS],
        {KEY: json.dumps(about)},
    )
    count = 0
    try:
        with atomic_write(path) as beside, parquet.ParquetWriter(beside, schema) as writer:
            for rows in _batches(gallery):
                columns = dict(zip(COLUMNS, zip(*rows)))
                vectors = decode_vectors(columns["vector"], gallery.dim, gallery.database.name)
                flat = pa.array(vectors.ravel(), pa.float32())
                columns["vector"] = pa.FixedSizeListArray.from_arrays(flat, gallery.dim)
                writer.write_batch(pa.RecordBatch.from_pydict(columns, schema))
                count += len(rows)
    except OSError as error:
        raise WriteError(f"Cannot write {path}: {os_error_reason(error)}.") from error
    return count


def _batches(gallery: Gallery):
    """The rows of a tenant in the order in which they were enrolled, some at a time."""
    columns = [PEOPLE.c.name, *(FACES.c[name] for name in COLUMNS[1:])]
    query = select(*columns).join(PEOPLE, PEOPLE.c.id == FACES.c.person)
    query = query.where(FACES.c.tenant == gallery.tenant).order_by(FACES.c.id)
    with gallery.database.read_transaction() as connection:
        yield from connection.execution_options(yield_per=ROWS).execute(query).partitions(ROWS)
