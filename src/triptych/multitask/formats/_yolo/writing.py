"""Write a YOLO set: pictures, rows and data.yaml."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import yaml

from ...structures.annotated_image import AnnotatedImage, AnnotatedObject
from ...structures.annotations import BoundingBox
from ...structures.shapes import OrientedBox, Polygon, has_outline, shape_box
from .._format import Vocabulary
from .._writing.losses import Losses
from .._writing.outlines import joined, polygon_of
from .._writing.picture_folder import FileNames, atomic_folder, copy_picture, picture_size

FOLDERS = {"train": "train", "validation": "val", "test": "test", None: "all"}
NAMELESS = "object"


def write_yolo(images: Iterable[AnnotatedImage], vocabulary: Vocabulary, out: Path) -> list[str]:
    """Write `images/SPLIT/`, `labels/SPLIT/` and data.yaml. YOLO reads one kind of row in a set:
    with keypoints; else turned boxes where all are; else polygons where any is an outline; else
    boxes. A picture in which nobody looked for objects has no file of rows.

    Parameters:
        images: with absolute files; iterated twice, so kept in memory where that cannot be.
        vocabulary: their names.
        out: a folder that is new or empty.

    Returns a line for each kind of thing that YOLO cannot hold. Raises WriteError, DataError.
    """
    kept = list(images) if isinstance(images, Iterator) else images
    rows = _Rows(vocabulary, _task(kept))
    with atomic_folder(out) as folder:
        names = {part: FileNames(with_ending=False) for part in FOLDERS.values()}
        for image in kept:
            part = FOLDERS[image.split]
            rows.splits[image.split] += 1
            name = f"{part}/{names[part].name(image)}"
            copy_picture(image, folder / "images" / name)
            rows.losses.add_image(image)
            if image.objects is not None:
                labels = (folder / "labels" / name).with_suffix(".txt")
                labels.parent.mkdir(parents=True, exist_ok=True)
                size = picture_size(image)
                lines = [rows.row(thing, size) for thing in image.objects]
                labels.write_text("".join(f"{line}\n" for line in lines if line))
        text = yaml.safe_dump(rows.settings(), sort_keys=False, allow_unicode=True)
        (folder / "data.yaml").write_text(text, "utf8")
    return rows.losses.lines()


def _task(images: Iterable[AnnotatedImage]) -> str:
    shapes = set[bool | None]()  # of each whether it is an outline; None for a turned box
    for image in images:
        for thing in image.objects or ():
            if thing.keypoints is not None:
                return "pose"
            if thing.shape is not None:
                turned = isinstance(thing.shape, OrientedBox)
                shapes.add(None if turned else has_outline(thing.shape))
    if shapes == {None}:
        return "obb"
    return "segment" if True in shapes else "detect"


class _Rows:
    def __init__(self, vocabulary: Vocabulary, task: str):
        self.numbers = {name: number for number, name in enumerate(vocabulary.classes)}
        self.vocabulary, self.task, self.losses = vocabulary, task, Losses()
        self.keypoints = len(vocabulary.keypoints)
        self.splits = Counter[str | None]()  # how many images each has

    def row(self, thing: AnnotatedObject, size: tuple[int, int]) -> str:
        """Of an object; "" for none."""
        self._count_losses(thing)
        box = None if thing.shape is None else shape_box(thing.shape)
        if thing.shape is None or box is None:
            self.losses.add("objects without a box are not written")
            return ""
        if self.task in ("segment", "obb"):
            values = (joined(polygon_of(thing.shape)) / size).ravel()
        else:
            x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
            sides = [x, y, box.right - box.left, box.bottom - box.top]
            values = np.array(sides) / [*size, *size]
        if self.task == "pose":
            values = np.concatenate([values, self._points(thing, size)])
        name = thing.label or NAMELESS
        number = self.numbers.setdefault(name, len(self.numbers))
        return " ".join([str(number), *(f"{value:.9g}" for value in values.tolist())])

    def settings(self) -> dict[str, object]:
        splits = self.splits
        # Ultralytics wants both; without splits all is for training
        keys = {"train": "train", "val": "validation", "test": "test"}
        places: dict[str, object] = {
            key: f"images/{FOLDERS[split]}" for key, split in keys.items() if split in splits
        }
        if None in splits:
            places["train"] = [places["train"], "images/all"] if "train" in places else "images/all"
            self.losses.add("images without a split are listed as train", splits[None])
        pose: dict[str, object] = {}
        if self.task == "pose":
            flipped = list(range(self.keypoints))
            for one, other in self.vocabulary.keypoint_pairs:
                flipped[one], flipped[other] = other, one
            names = {number: list(self.vocabulary.keypoints) for number in self.numbers.values()}
            pose = {"kpt_shape": [self.keypoints, 3], "flip_idx": flipped, "kpt_names": names}
        names = {number: name for name, number in self.numbers.items()}
        return {"task": self.task, **places, "names": names, **pose}

    def _points(self, thing: AnnotatedObject, size: tuple[int, int]) -> np.ndarray:
        points = thing.keypoints
        if points is None or len(points) != self.keypoints:
            self.losses.add("keypoints without names are not written", points is not None)
            return np.zeros(3 * self.keypoints)
        return (points / [*size, 1]).ravel()

    def _count_losses(self, thing: AnnotatedObject) -> None:
        shape, task = thing.shape, self.task
        kind = type(shape).__name__
        boxed = task in ("detect", "pose") and not isinstance(shape, BoundingBox)
        lost = task in ("segment", "obb") and not isinstance(shape, Polygon | OrientedBox)
        lost = lost or (task == "segment" and isinstance(shape, OrientedBox))
        several = task == "segment" and isinstance(shape, Polygon) and len(shape.parts) > 1
        self.losses.add(f"shapes of the kind {kind} are written as boxes", boxed and bool(shape))
        self.losses.add(f"shapes of the kind {kind} are written as polygons", lost and bool(shape))
        self.losses.add("polygons of several parts are joined by lines", several)
        self.losses.add(f'objects without a class are written as "{NAMELESS}"', not thing.label)
        self.losses.add("attributes of objects are not written", bool(thing.attributes))
        flags = thing.crowd or thing.difficult or thing.truncated
        self.losses.add("crowd, difficult and truncated are not written", flags)
        self.losses.add("scores are not written", thing.score is not None)
