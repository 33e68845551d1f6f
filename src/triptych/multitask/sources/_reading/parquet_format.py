"""Images and labels of Parquet files; needs pyarrow."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import UInt8

from ....frame.dependencies import requires
from ....frame.errors import DataError, ImageError
from ....frame.storage import images
from .labelled_images import LabelledImages

MAX_BYTES = 2**31  # of decoded images, and of a row group
ROWS = 1000  # read at a time
IMAGE_COLUMNS = ("image", "img", "images", "picture")
LABEL_COLUMNS = ("label", "labels", "fine_label", "target", "class", "digit", "character")


@dataclass(frozen=True)
class ImageTable:
    """What the files of a part hold.

    Parameters:
        images: the images, grey, and the labels.
        class_names: those that the schema's metadata tell; None where they tell none.
    """

    images: LabelledImages
    class_names: tuple[str, ...] | None


def read_parquet(files: Sequence[Path]) -> ImageTable:
    """The images and labels of files, one after the other.

    Parameters:
        files: with a column of images, binary or a struct with `bytes`, and one of labels.

    Raises DataError for damaged files, other columns, images of several sizes, or images that the
    file only names; MissingDependencyError without pyarrow.
    """
    pixels: list[UInt8[np.ndarray, "height width"]] = []
    labels: list[Any] = []
    names = None
    for file in files:
        for image, label, row in _rows(file):
            decoded = _decoded(image, file, row)
            if pixels and decoded.shape != pixels[0].shape:
                raise DataError(
                    f"Expected images of {_size(pixels[0])} pixels as in row 0, got"
                    f" {_size(decoded)} in row {row} of {file}. Bring them to one size."
                )
            if (len(pixels) + 1) * decoded.size > MAX_BYTES:
                raise DataError(f"Expected at most {MAX_BYTES} pixels, got more in {file}.")
            if label is None:
                raise DataError(f"Expected a label in row {row} of {file}, got none. Leave it out.")
            pixels.append(decoded)
            labels.append(label)
        names = names or _class_names(file)
    if not pixels:
        raise DataError(f"Expected images in {files[0]}, got no rows. Check which file it is.")
    return ImageTable(LabelledImages(np.stack(pixels), _label_array(labels, files[0])), names)


def _rows(file: Path) -> Iterator[tuple[Any, Any, int]]:
    """The image, the label and the number of each row."""
    with _open(file) as table:
        schema = table.schema_arrow
        image = _column(schema.names, IMAGE_COLUMNS, "images", file)
        label = _column(schema.names, LABEL_COLUMNS, "labels", file)
        groups = (table.metadata.row_group(n) for n in range(table.metadata.num_row_groups))
        if any(group.total_byte_size > MAX_BYTES for group in groups):
            raise DataError(
                f"Expected row groups of at most {MAX_BYTES} bytes, got more in {file}."
            )
        row = 0
        for batch in table.iter_batches(batch_size=ROWS, columns=[image, label]):
            columns = batch.column(image).to_pylist(), batch.column(label).to_pylist()
            for values in zip(*columns, strict=True):
                yield *values, row
                row += 1


@contextmanager
def _open(file: Path) -> Iterator[Any]:
    """The file for pyarrow; its faults are told as DataError."""
    with requires("A Parquet file", "pyarrow", "triptych[parquet]"):
        # by name, for type checkers need not have it
        pyarrow, parquet = map(import_module, ("pyarrow", "pyarrow.parquet"))
    try:
        with parquet.ParquetFile(file) as table:
            yield table
    except (pyarrow.ArrowException, UnicodeDecodeError, OSError, KeyError) as error:
        reason = " ".join(str(error).split())
        raise DataError(f"{file} is no sound Parquet file: {reason}. Fetch it again.") from error


def _column(names: Sequence[str], usual: Sequence[str], content: str, file: Path) -> str:
    found = next((name for name in usual if name in names), None)
    if found is None:
        raise DataError(
            f"Expected a column '{usual[0]}' of {content} in {file}, got {', '.join(names[:12])}."
            " Rename it."
        )
    return found


def _decoded(image: Any, file: Path, row: int) -> UInt8[np.ndarray, "height width"]:
    path = image.get("path") if isinstance(image, dict) else None
    content = image.get("bytes") if isinstance(image, dict) else image
    if not isinstance(content, bytes):
        named = f", only the path {path}" if path else ""
        raise DataError(
            f"The image of row {row} in {file} holds no pixels{named}. Write the file again with"
            " the images embedded (datasets: embed_table_storage, or push_to_hub)."
        )
    try:
        return images.read(content, channels=1, name=f"the image of row {row} in {file}")[..., 0]
    except ImageError as error:
        raise DataError(str(error)) from error


def _class_names(file: Path) -> tuple[str, ...] | None:
    """The names of the classes in Hugging Face's metadata of the schema."""
    with _open(file) as table:
        metadata = table.schema_arrow.metadata or {}
        label = _column(table.schema_arrow.names, LABEL_COLUMNS, "labels", file)
    try:
        names = json.loads(metadata[b"huggingface"])["info"]["features"][label]["names"]
        unique = len(set(names)) == len(names) and all(isinstance(name, str) for name in names)
    except (KeyError, TypeError, ValueError):
        return None
    return tuple(names) if unique and names else None


def _label_array(labels: list[Any], file: Path) -> np.ndarray:
    kinds = {type(label) for label in labels}
    if kinds <= {int, bool} or kinds == {str} or kinds == {float}:
        return np.array(labels)
    raise DataError(
        f"Expected a number or a word as each label in {file}, got"
        f" {', '.join(sorted(kind.__name__ for kind in kinds))}. Keep one label an image."
    )


def _size(image: UInt8[np.ndarray, "height width"]) -> str:
    return "×".join(map(str, image.shape))
