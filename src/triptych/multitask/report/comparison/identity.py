"""What identifies the images of a split and what is true of them, whatever the run's seed or size.

The fingerprint of a run's data changes with its training images; test images need not.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from torch import Tensor

from ....frame.storage.files import read_part
from ...annotated.encoding import encode_object
from ...annotated.targets import ATTRIBUTE
from ...data.dataset import Dataset, Split
from ...datasets.images import Images
from ...structures.annotated_image import AnnotatedImage
from ...structures.batch import Batch, Target
from ...structures.object_rows import NO_OBJECT

MISSING = b""  # the digest of what is not known of an image
OBJECTS = ("boxes", "circles")  # targets with rows that only fill up
SIZE = 16  # bytes of a digest


@dataclass
class SplitIdentity:
    """A digest of each image of a split, and of what is true of it, by target.

    Parameters:
        pictures: a digest an image.
        truths: by the name of a target, a digest an image; empty where it is not known.
    """

    pictures: list[bytes] = field(default_factory=list)
    truths: dict[str, list[bytes]] = field(default_factory=dict)

    def add(self, batch: Batch) -> None:
        """Add the images of a batch as a network sees them: in steps of 1/255.

        Parameters:
            batch: the next images of the split, in order.
        """
        pixels = (batch.images * 255).round().byte().cpu().numpy()
        self.pictures += [_digest(str(one.shape).encode(), one.tobytes()) for one in pixels]
        for name, target in batch.targets.items():
            self.truths.setdefault(name, []).extend(_target_digests(name, target))

    def differing(self, other: "SplitIdentity", target: str = "") -> list[int]:
        """The numbers of the images that are others, or of which something else is true.

        Parameters:
            other: of a split of as many images.
            target: whose truth is compared; empty for the images themselves.
        """
        mine, theirs = (
            one.truths.get(target, []) if target else one.pictures for one in (self, other)
        )
        if len(mine) != len(theirs):
            return [*range(len(self.pictures))]
        return [row for row, pair in enumerate(zip(mine, theirs)) if pair[0] != pair[1]]


def annotated_identity(data: Images, split: Split) -> SplitIdentity:
    """The identity of pictures of one's own: by their files, and by what was annotated, so that it
    is the same whatever canvas they are fitted into.

    Parameters:
        data: the pictures.
        split: which of them.
    """
    told = SplitIdentity(truths={name: [] for name in data.info.targets})
    labels, attributes = data.annotated.labels, data.annotated.attributes
    numbers = {
        name: (data.annotated.attribute(own), attributes[own])
        for name in data.info.targets
        if (own := name.removeprefix(ATTRIBUTE)) != name
    }
    numbers["label"] = labels, data.annotated.classes
    shaped = any(name not in numbers for name in data.info.targets)
    for row in data.rows[split].tolist():
        image = data.annotated.image(row, objects=shaped)
        told.pictures.append(_file_digest(image.file, image.offset, image.size))
        shapes = _shapes_digest(image, data.config.round_objects) if shaped else MISSING
        for name, digests in told.truths.items():
            known = bool(data.possible[name][row])
            if name in numbers:
                values, names = numbers[name]
                said = names[int(values[row])].encode() if values[row] >= 0 else MISSING
            else:
                said = shapes
            digests.append(said if known else MISSING)
    return told


def split_identity(data: Dataset, split: Split, canvases: SplitIdentity) -> SplitIdentity:
    """The identity of a split that was passed through a network.

    Parameters:
        data: of the images.
        split: which of them.
        canvases: to which all batches of the split were added; of pictures in files it is not used.
    """
    return annotated_identity(data, split) if isinstance(data, Images) else canvases


def _target_digests(name: str, target: Target) -> list[bytes]:
    """A digest of what is true of each image of a batch."""
    rows = _array(target.values)
    known = np.ones(len(rows), bool) if target.present is None else _array(target.present)
    told = []
    for row, there in zip(rows, known):
        values = row[row[:, -2] != NO_OBJECT] if name in OBJECTS else row
        told.append(_digest(str(values.shape).encode(), values.tobytes()) if there else MISSING)
    return told


def _array(values: Tensor) -> np.ndarray:
    return values.contiguous().cpu().numpy()


def _shapes_digest(image: AnnotatedImage, round_objects: bool) -> bytes:
    """Of all that is annotated in the pixels of an image."""
    things = None
    if image.objects is not None:
        things = [{**encode_object(one, None), "label": one.label} for one in image.objects]
    facts: Mapping[str, object] = {"objects": things, "round": round_objects}
    parts = [json.dumps(facts, sort_keys=True).encode()]
    if image.mask is not None:
        classes = sorted(image.mask.classes.items()), sorted(image.mask.ignored)
        parts += [json.dumps(classes).encode(), _file_digest(image.mask.file)]
    return _digest(*parts)


def _file_digest(path: Path, offset: int = 0, size: int | None = None) -> bytes:
    """Of the bytes of a file, or a part of it; empty of one that cannot be read, which is told
    where its pixels are."""
    try:
        return _digest(read_part(path, offset, size))
    except OSError:
        return MISSING


def _digest(*parts: bytes) -> bytes:
    digest = hashlib.blake2b(digest_size=SIZE)
    for part in parts:
        digest.update(part)
    return digest.digest()
