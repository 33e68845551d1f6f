"""What the columns of an image table mean: by its schema, and by Hugging Face's notes in it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

NOTES = b"huggingface"  # in the metadata of the schema
IMAGES = ("image", "img", "picture", "photo", "pixel_values", "image_bytes", "jpg", "png")
MASKS = ("mask", "annotation", "segmentation", "segmentation_mask", "label", "trimap", "semantic")
LABELS = ("label", "labels", "class", "category", "fine_label", "target")
OBJECTS = ("objects", "annotations", "faces", "litter")
SPLITS, GROUPS = ("split",), ("group", "patient_id", "subject_id", "video_id")
SIZE = ("width", "height")


@dataclass(frozen=True)
class Features:
    """The columns of an image table by what they hold; None for what it does not have.

    Parameters:
        image: bytes of the picture, or a struct of bytes and path.
        mask: the same of its mask.
        label: its class.
        objects: its objects, as dictionaries of COCO's kind.
        split: train, validation or test.
        group: what must not be in two splits.
        size: width and height; empty where there are none.
        attributes: other columns of classes.
        names: the classes by the path of a column: "label", "objects.category".
    """

    image: str
    mask: str | None = None
    label: str | None = None
    objects: str | None = None
    split: str | None = None
    group: str | None = None
    size: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def used(self) -> list[str]:
        """The columns that are read."""
        single = (self.image, self.mask, self.label, self.objects, self.split, self.group)
        return list(dict.fromkeys([*filter(None, single), *self.size, *self.attributes]))


def features_of(schema: pa.Schema) -> Features | None:
    """What the columns of a table mean; None where none holds pictures.

    Parameters:
        schema: of the table.
    """
    structs = [name for name in schema.names if is_image_struct(schema.field(name).type)]
    bytes_ = [name for name in schema.names if _is_binary(schema.field(name).type)]
    pictures = [name for name in structs if name.lower() in IMAGES] or [
        name for name in structs if name.lower() not in MASKS
    ]
    pictures += [name for name in bytes_ if name.lower() in IMAGES]
    if not pictures:
        return None
    image = pictures[0]
    names = dict(_class_names(_stated(schema), ""))
    others = [name for name in schema.names if name not in (image, *structs, *bytes_)]
    labels = [name for name in LABELS if name in others] + [
        name for name in others if name in names
    ]
    attributes = [name for name in names if name in others and name != next(iter(labels), None)]
    size = tuple(name for name in SIZE if name in others)
    return Features(
        image,
        mask=next((n for n in structs if n != image and n.lower() in MASKS), None),
        label=next(iter(labels), None),
        objects=_first(OBJECTS, [n for n in others if pa.types.is_nested(schema.field(n).type)]),
        split=_first(SPLITS, others),
        group=_first(GROUPS, others),
        size=size if len(size) == 2 else (),
        attributes=tuple(attributes),
        names=names,
    )


def is_image_struct(kind: pa.DataType) -> bool:
    """Whether a column holds pictures as Hugging Face stores them: a struct of bytes and path.

    Parameters:
        kind: of the column.
    """
    return pa.types.is_struct(kind) and {"bytes", "path"} <= {
        kind.field(number).name for number in range(kind.num_fields)
    }


def _is_binary(kind: pa.DataType) -> bool:
    return pa.types.is_binary(kind) or pa.types.is_large_binary(kind)


def _first(words: tuple[str, ...], columns: list[str]) -> str | None:
    return next((name for name in words if name in columns), None)


def _stated(schema: pa.Schema) -> Any:
    try:
        notes = json.loads((schema.metadata or {}).get(NOTES, b"{}"))
        return notes["info"]["features"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}


def _class_names(stated: Any, path: str, depth: int = 0) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The names of each ClassLabel below a description of features, by its path."""
    if isinstance(stated, list) and len(stated) == 1:
        stated = stated[0]
    if not isinstance(stated, dict) or depth > 8:
        return
    names = stated.get("names")
    if isinstance(names, list) and stated.get("_type") == "ClassLabel":
        yield path, tuple(map(str, names))
    elif "feature" in stated:  # of a sequence
        yield from _class_names(stated["feature"], path, depth + 1)
    else:
        for name, below in stated.items():
            yield from _class_names(below, f"{path}.{name}" if path else name, depth + 1)
