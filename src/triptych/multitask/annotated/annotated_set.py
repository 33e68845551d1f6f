"""AnnotatedSet: a table of annotated images, opened from its Parquet file in bounded memory."""

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from jaxtyping import Bool, Int
from numpy import ndarray
from pyarrow import compute, parquet

from ...frame.errors import DataError
from ...frame.storage.files import atomic_write, os_error_reason
from ..formats._format import Vocabulary
from ..structures.annotated_image import AnnotatedImage, AnnotatedObject, ClassMap
from ..structures.import_problems import ImportProblems
from .encoding import OBJECT, decode_object
from .table_writer import METADATA, SCHEMA, VERSION

OBJECTS = "objects"  # the only column that is not read at once


class AnnotatedSet:
    """Images with what is known of them, by number.

    Columns of one value an image are read when it is opened; the objects lie in a file that is
    mapped into memory, of which only what is looked at is read.
    """

    def __init__(self, path: Path):
        """
        Parameters:
            path: of the Parquet file that `TableWriter` wrote.

        Raises DataError for a file that is damaged, or of another version.
        """
        self.path = path
        try:
            with parquet.ParquetFile(path) as file:
                stated = (file.metadata.metadata or {}).get(METADATA)
                names = [name for name in SCHEMA.names if name != OBJECTS]
                self.columns = file.read(columns=names)
            self.metadata: dict[str, Any] = json.loads(stated or b"{}")
        except (OSError, ValueError, pa.ArrowException) as error:
            raise DataError(f"Cannot read {path}: {os_error_reason(error)}.") from error
        if self.metadata.get("version") != VERSION:
            raise DataError(f"{path} is a table of another version. Remove it.")
        self.root = Path(self.metadata["root"])
        self.classes: tuple[str, ...] = tuple(self.metadata["classes"])

    def __len__(self) -> int:
        return len(self.columns)

    @property
    def format(self) -> str:
        """The name of the format it was read from."""
        return self.metadata["format"]

    @property
    def digest(self) -> str:
        """Hexadecimal digits that change with anything that is known of the images."""
        return self.metadata["digest"]

    @property
    def attributes(self) -> Mapping[str, tuple[str, ...]]:
        """The values of each attribute of images, by its name."""
        return {name: tuple(values) for name, values in self.metadata["attributes"].items()}

    @property
    def region_classes(self) -> tuple[str, ...]:
        """The classes of objects and of masks, among which those of whole images need not be."""
        return tuple(self.metadata["region_classes"])

    @cached_property
    def problems(self) -> ImportProblems:
        """What was wrong when the annotations were read."""
        return ImportProblems.from_dict(self.metadata["problems"])

    @property
    def vocabulary(self) -> Vocabulary:
        """All names."""
        pairs, skeleton = (
            tuple((first, second) for first, second in self.metadata[name])
            for name in ("keypoint_pairs", "skeleton")
        )
        names = tuple(self.metadata["keypoints"])
        return Vocabulary(self.classes, self.attributes, names, pairs, skeleton)

    @cached_property
    def labels(self) -> Int[ndarray, " images"]:
        """The class of each image: its own, else what its objects have in common; −1 for none."""
        own, common = (
            self.columns[name].fill_null(-1).to_numpy().astype(np.int64)
            for name in ("label", "common_label")
        )
        numbers = np.where(own < 0, common, own)
        return self._class_numbers[numbers]

    @cached_property
    def counts(self) -> Int[ndarray, " images"]:
        """How many objects each image has; −1 where nobody looked."""
        return self.columns["count"].fill_null(-1).to_numpy().astype(np.int64)

    def flags(self, name: str) -> Bool[ndarray, " images"]:
        """A column that says yes or no.

        Parameters:
            name: of the column: "has_box", "has_circle", "has_outlines", "all_boxes",
                "all_circles" or "all_labelled".
        """
        return self.columns[name].fill_null(False).to_numpy().astype(bool)

    @cached_property
    def has_mask_file(self) -> Bool[ndarray, " images"]:
        """Whether the foreground or the classes of its pixels are a file of their own."""
        return self.columns["mask_file"].is_valid().to_numpy().astype(bool)

    @cached_property
    def has_foreground_file(self) -> Bool[ndarray, " images"]:
        """Whether an image without objects has a mask file of one class: the one thing in it."""
        single = np.array([*(len({*c.values()} - {""}) == 1 for c, _ in self._masks), False])
        kinds = self.columns["mask_classes"].fill_null(-1).to_numpy().astype(np.int64)
        return single[kinds] & self.has_mask_file & (self.counts < 0)

    def attribute(self, name: str) -> Int[ndarray, " images"]:
        """The number of an attribute's value of each image; −1 where it is not known.

        Parameters:
            name: of the attribute.
        """
        lookup: Any = compute  # whose functions are made when it is imported
        values = pa.array(self.attributes[name], pa.string())
        stated = lookup.map_lookup(self.columns["attributes"], name, "first")
        numbers = lookup.index_in(stated, value_set=values)
        return numbers.fill_null(-1).to_numpy().astype(np.int64)

    def strings(self, name: str) -> list[str | None]:
        """A column of text: "file", "group" or "split".

        Parameters:
            name: of the column.
        """
        column = self.columns[name]
        return [None] * len(column) if column.null_count == len(column) else column.to_pylist()

    def file(self, index: int) -> Path:
        """The file that an image is in, absolute.

        Parameters:
            index: of the image.
        """
        return self.root / self.columns["file"][index].as_py()

    def image(self, index: int, *, objects: bool = True) -> AnnotatedImage:
        """All that is known of an image.

        Parameters:
            index: its number.
            objects: whether its objects are read too.
        """
        row = {name: self.columns[name][index].as_py() for name in self.columns.column_names}
        label, mask = row["label"], row["mask_file"]
        return AnnotatedImage(
            file=self.root / row["file"],
            width=row["width"],
            height=row["height"],
            label=None if label is None else self._stored_labels[label],
            attributes=dict(row["attributes"] or ()),
            group=row["group"],
            split=row["split"],
            objects=self.objects(index) if objects else None,
            mask=ClassMap(self.root / mask, *self._masks[row["mask_classes"]]) if mask else None,
            offset=row["offset"],
            size=row["size"],
            name=row["name"] or "",
        )

    def __iter__(self) -> Iterator[AnnotatedImage]:
        """All images in their order."""
        return (self.image(index) for index in range(len(self)))

    def objects(self, index: int) -> tuple[AnnotatedObject, ...] | None:
        """The objects in an image; None where nobody looked.

        Parameters:
            index: of the image.
        """
        if self.counts[index] <= 0:
            return None if self.counts[index] < 0 else ()
        chunk = int(np.searchsorted(self._starts, index, "right")) - 1
        rows = self._mapped.chunk(chunk)[index - int(self._starts[chunk])].as_py()
        labels, keypoints = self._stored_labels, len(self.metadata["keypoints"])
        return tuple(decode_object(row, labels, keypoints) for row in rows)

    def object_rows(self) -> Iterator[tuple[Int[ndarray, " objects"], pa.StructArray]]:
        """All objects, part by part: the number of the image of each, and rows as
        `encoding.OBJECT` says; their labels are numbers in `classes`, −1 for none."""
        if not (self.counts > 0).any():
            return
        for start, chunk in zip(self._starts.tolist(), self._mapped.chunks):
            lengths = np.maximum(self.counts[start : start + len(chunk)], 0)
            rows, labels = chunk.flatten(), OBJECT.get_field_index("label")
            columns = [rows.field(number) for number in range(OBJECT.num_fields)]
            stored = columns[labels].fill_null(-1).to_numpy()
            columns[labels] = pa.array(self._class_numbers[stored], pa.int32())
            images = np.repeat(np.arange(start, start + len(chunk)), lengths)
            yield images, pa.StructArray.from_arrays(columns, fields=list(OBJECT))

    @property
    def _stored_labels(self) -> tuple[str, ...]:
        """The classes in the order in which the table numbers them."""
        return tuple(self.metadata["labels"])

    @cached_property
    def _class_numbers(self) -> Int[ndarray, " labels"]:
        """The number in `classes` by the number in the table; the last is that of none."""
        places = {name: number for number, name in enumerate(self.classes)}
        return np.array([*(places[name] for name in self._stored_labels), -1])

    @cached_property
    def _masks(self) -> list[tuple[dict[int, str], tuple[int, ...]]]:
        """Classes by pixel value, and ignored values, of each kind of mask file."""
        stated = [json.loads(text) for text in self.metadata["masks"]]
        return [(dict(map(tuple, classes)), tuple(ignored)) for classes, ignored in stated]

    @cached_property
    def _mapped(self) -> pa.ChunkedArray:
        """The objects of all images, mapped from an Arrow file beside the table, which is written
        when it is asked for first."""
        path = self.path.with_suffix(".arrow")
        if not path.exists():
            with (
                atomic_write(path) as beside,
                parquet.ParquetFile(self.path) as file,
                pa.OSFile(str(beside), "wb") as sink,
                pa.ipc.new_file(sink, pa.schema([SCHEMA.field(OBJECTS)])) as writer,
            ):
                for batch in file.iter_batches(columns=[OBJECTS]):
                    writer.write_batch(batch)
        return pa.ipc.open_file(pa.memory_map(str(path))).read_all()[OBJECTS]

    @cached_property
    def _starts(self) -> Int[ndarray, " chunks"]:
        """The number of the first image of each chunk of `_mapped`."""
        lengths = [len(chunk) for chunk in self._mapped.chunks]
        return np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64)
