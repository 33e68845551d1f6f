"""Write annotated images into a Parquet file, a row an image, in bounded memory."""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from ..formats._format import Vocabulary
from ..structures.annotated_image import AnnotatedImage, AnnotatedObject, ClassMap
from ..structures.import_problems import ImportProblems
from ..structures.shapes import has_outline, shape_box, shape_circle
from .encoding import OBJECT, encode_object

VERSION = 3  # of the table; another one is made anew
ROW_GROUP = 4096  # images
METADATA = b"triptych"
SCHEMA = pa.schema(
    [
        ("file", pa.string()),
        ("offset", pa.int64()),
        ("size", pa.int64()),
        ("name", pa.string()),
        ("width", pa.int32()),
        ("height", pa.int32()),
        ("label", pa.int32()),
        ("attributes", pa.map_(pa.string(), pa.string())),
        ("group", pa.string()),
        ("split", pa.dictionary(pa.int8(), pa.string())),
        ("mask_file", pa.string()),
        ("mask_classes", pa.int32()),
        ("count", pa.int32()),
        ("common_label", pa.int32()),
        ("has_box", pa.bool_()),
        ("has_circle", pa.bool_()),
        ("has_outlines", pa.bool_()),
        ("all_boxes", pa.bool_()),
        ("all_circles", pa.bool_()),
        ("all_labelled", pa.bool_()),
        ("objects", pa.list_(OBJECT)),
    ]
)
"""A row an image. Beside what is stated: `count` objects, null where nobody looked; the label they
have in common; whether it has exactly one, of which a box (a circle) is known; whether the outlines
of all are known; and whether the boxes (the circles, the classes) of all are."""


class TableWriter:
    """Numbers the names as they come, and writes rows by the thousand."""

    def __init__(self, root: Path, problems: ImportProblems):
        """
        Parameters:
            root: files below it are written relative to it.
            problems: what was wrong so far; written at the end.
        """
        self.root, self.problems = root, problems
        self.labels: dict[str, int] = {}
        self.attributes: dict[str, Counter[str]] = {}
        self.masks: dict[str, int] = {}
        self.region_classes: set[str] = set()
        self.digest = hashlib.sha256()
        self.images = 0

    def write(
        self,
        path: Path,
        images: Iterable[AnnotatedImage],
        vocabulary: Callable[[], Vocabulary],
        **facts: Any,
    ) -> None:
        """Write the whole table.

        Parameters:
            path: of the Parquet file.
            images: are read to their end.
            vocabulary: asked for the names once that is done.
            facts: what else stands in the metadata, ready for JSON.
        """
        with parquet.ParquetWriter(path, SCHEMA, compression="zstd") as writer:
            remaining = iter(images)
            while chunk := list(islice(remaining, ROW_GROUP)):
                rows = pa.Table.from_pylist([self._row(image) for image in chunk], SCHEMA)
                self.images += len(chunk)
                for batch in rows.to_batches():
                    self.digest.update(batch.serialize())
                writer.write_table(rows, row_group_size=ROW_GROUP)
            names = vocabulary()
            known = [*names.classes, *sorted({*self.labels} - {*names.classes}, key=_natural)]
            stated = {
                "labels": list(self.labels),
                "classes": known,
                "attributes": {
                    name: _ordered(names.attributes.get(name, ()), values)
                    for name, values in sorted(self.attributes.items())
                },
                "keypoints": names.keypoints,
                "keypoint_pairs": names.keypoint_pairs,
                "skeleton": names.skeleton,
                "masks": list(self.masks),
                "region_classes": sorted(self.region_classes),
            }
            self.digest.update(json.dumps(stated).encode())
            others = {"version": VERSION, "digest": self.digest.hexdigest(), **facts}
            metadata = {**stated, **others, "problems": self.problems.to_dict()}
            writer.add_key_value_metadata({METADATA.decode(): json.dumps(metadata)})

    def _row(self, image: AnnotatedImage) -> dict[str, Any]:
        self.region_classes.update(thing.label for thing in image.objects or () if thing.label)
        if image.mask is not None:
            self.region_classes.update(name for name in image.mask.classes.values() if name)
        for name, value in image.attributes.items():
            self.attributes.setdefault(name, Counter())[value] += 1
        objects = image.objects
        return {
            "file": self._relative(image.file),
            "offset": image.offset,
            "size": image.size,
            "name": image.name or None,
            "width": image.width,
            "height": image.height,
            "label": self._label(image.label),
            "attributes": list(image.attributes.items()),
            "group": image.group,
            "split": image.split,
            "mask_file": self._relative(image.mask.file) if image.mask else None,
            "mask_classes": self._mask(image.mask),
            **self._facts(objects),
            "objects": None
            if objects is None
            else [encode_object(each, self._label(each.label)) for each in objects],
        }

    def _facts(self, objects: tuple[AnnotatedObject, ...] | None) -> dict[str, Any]:
        """What follows from the objects for heads that answer about one thing, or about pixels."""
        if objects is None:
            return {"count": None}
        labels = {thing.label for thing in objects}
        common = next(iter(labels)) if len(labels) == 1 else None
        only = objects[0].shape if len(objects) == 1 and not objects[0].crowd else None
        return {
            "count": len(objects),
            "common_label": self._label(common),
            "has_box": only is not None and shape_box(only) is not None,
            "has_circle": only is not None and shape_circle(only) is not None,
            "all_boxes": all(thing.shape and shape_box(thing.shape) for thing in objects),
            "all_circles": all(thing.shape and shape_circle(thing.shape) for thing in objects),
            "all_labelled": None not in labels,
            "has_outlines": all(
                thing.crowd or (thing.shape is not None and has_outline(thing.shape))
                for thing in objects
            ),
        }

    def _label(self, name: str | None) -> int | None:
        return None if name is None else self.labels.setdefault(name, len(self.labels))

    def _mask(self, mask: ClassMap | None) -> int | None:
        if mask is None:
            return None
        text = json.dumps([sorted(mask.classes.items()), sorted(mask.ignored)])
        return self.masks.setdefault(text, len(self.masks))

    def _relative(self, file: Path) -> str:
        text = os.fspath(file)
        prefix = os.path.join(self.root, "")  # noqa: PTH118 -- a million times
        return text.removeprefix(prefix)


def _ordered(stated: Iterable[str], seen: Iterable[str]) -> list[str]:
    """Names in the order that is stated, then others by the alphabet."""
    stated = list(dict.fromkeys(stated))
    return [*stated, *sorted({*seen} - {*stated}, key=_natural)]


def _natural(name: str) -> tuple[int, str]:
    """Numbers by their value, before words."""
    return (int(name), "") if name.isdecimal() and len(name) < 10 else (10**10, name)
