"""Write Label Studio's tasks, the labeling configuration that fits them, and the pictures."""

import json
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ...structures.annotated_image import AnnotatedImage, AnnotatedObject
from ...structures.annotations import BoundingBox, Circle
from ...structures.rasterize import shape_pixels
from ...structures.shapes import Ellipse, OrientedBox, PixelMask, Polygon, Shape
from .._format import Vocabulary
from .._writing.losses import Losses
from .._writing.picture_folder import FileNames, atomic_folder, copy_picture, picture_size
from .brush import pack_mask
from .labeling import CLASS, IMAGE, OF_IMAGE, OF_REGION, LabelingConfig

LOCAL_FILES = "/data/local-files/?d="  # of Label Studio's local storage
NAMELESS = "object"  # the class of objects of which nobody said it
POINT_SIZE = 0.5  # of a key point on the screen, in percent of the width


def write_label_studio(
    images: Iterable[AnnotatedImage], vocabulary: Vocabulary, out: Path, model: str | None = None
) -> list[str]:
    """Write `tasks.json`, `labeling.xml` and `images/`.

    Parameters:
        images: with absolute files.
        vocabulary: their names.
        out: a folder that is new or empty. The addresses of the pictures begin with its name, for
            Label Studio serves local files below the folder that holds it.
        model: what predicted all of it, then it is written as predictions; None where people did.

    Returns a line for each kind of thing that Label Studio cannot hold. Raises WriteError,
    DataError for what is no picture.
    """
    tasks = _Tasks(vocabulary, Path(out).resolve().name, model)
    names = FileNames()
    with atomic_folder(out) as folder:
        with (folder / "tasks.json").open("w", encoding="utf8") as file:
            separator = "[\n"
            for image in images:
                name = names.name(image)
                copy_picture(image, folder / "images" / name)
                file.write(separator + json.dumps(tasks.task(image, name)))
                separator = ",\n"
            file.write("\n]\n" if separator == ",\n" else "[]\n")
        (folder / "labeling.xml").write_text(tasks.config.xml(), "utf8")
    return tasks.losses.lines()


class _Tasks:
    def __init__(self, vocabulary: Vocabulary, folder: str, model: str | None):
        self.vocabulary, self.folder, self.model = vocabulary, folder, model
        self.config, self.losses = LabelingConfig(vocabulary), Losses()

    def task(self, image: AnnotatedImage, name: str) -> dict[str, Any]:
        """Of an image."""
        self.losses.add("groups of images are not written", image.group is not None)
        self.losses.add("splits are not written", image.split is not None)
        self.losses.add("mask files are not written", image.mask is not None)
        results = list(self._results(image))
        address = LOCAL_FILES + quote(f"{self.folder}/images/{name}", errors="surrogateescape")
        data: dict[str, Any] = {IMAGE: address}
        if self.model is not None:
            predicted: dict[str, Any] = {"model_version": self.model, "result": results}
            if image.score is not None:
                predicted["score"] = image.score
            return {"annotations": [], "predictions": [predicted], "data": data}
        looked = image.objects is not None or image.label is not None or image.attributes
        annotations = [{"result": results, "was_cancelled": False}] if looked else []
        return {"annotations": annotations, "data": data}

    def _results(self, image: AnnotatedImage) -> Iterator[dict[str, Any]]:
        size = picture_size(image)
        if image.label is not None:
            yield self._choice(CLASS, image.label)
        for name, value in image.attributes.items():
            yield self._choice(OF_IMAGE + name, value)
        width, height = size
        states = {"original_width": width, "original_height": height, "image_rotation": 0}
        for number, thing in enumerate(image.objects or (), 1):
            for result in self._regions(thing, f"object-{number}", size):
                yield result | states

    def _choice(self, control: str, value: str) -> dict[str, Any]:
        self.config.add(control, [value])
        names = {"from_name": control, "to_name": IMAGE, "type": "choices"}
        return names | {"value": {"choices": [value]}}

    def _regions(
        self, thing: AnnotatedObject, key: str, size: tuple[int, int]
    ) -> Iterator[dict[str, Any]]:
        """The results of one object: its region, then its attributes and its keypoints."""
        label = NAMELESS if thing.label is None else thing.label
        self.losses.add(f'objects without a class are written as "{NAMELESS}"', not thing.label)
        marked = thing.crowd or thing.difficult or thing.truncated
        self.losses.add("crowd, difficult and truncated are not written", marked)
        drawn = None if thing.shape is None else self._drawn(thing.shape, size)
        if drawn:
            kind, value = drawn
            more = {} if thing.score is None else {"score": thing.score}
            yield {"id": key, **self._region(kind, value, label), **more}
        points = list(self._points(thing, label, size, alone=drawn is None))
        for number, point in enumerate(points, 1):
            own = {"id": f"{key}-point-{number}", "parentID": key}
            yield point | (own if drawn else {"id": key})
        self.losses.add("objects without a place are not written", not drawn and not points)
        if drawn or points:
            for name, value in thing.attributes.items():
                yield self._choice(OF_REGION + name, value) | {"id": key}

    def _region(self, kind: str, value: dict[str, Any], label: str) -> dict[str, Any]:
        self.config.add(kind, [label])
        drawn = {"box": "rectangle", "point": "keypoint"}.get(kind, kind)
        names = {"from_name": kind, "to_name": IMAGE, "type": f"{drawn}labels"}
        return names | {"value": {**value, f"{drawn}labels": [label]}}

    def _points(
        self, thing: AnnotatedObject, label: str, size: tuple[int, int], *, alone: bool
    ) -> Iterator[dict[str, Any]]:
        """A key point for each that is there; an object without a shape is a single one."""
        rows = [] if thing.keypoints is None else thing.keypoints.tolist()
        there = [(index, row) for index, row in enumerate(rows) if row[2]]
        if alone and len(there) > 1:
            self.losses.add("keypoints without a region are not written", len(there))
            return
        for index, (x, y, _) in there:
            known = index < len(self.vocabulary.keypoints)
            name = self.vocabulary.keypoints[index] if known else f"keypoint {index + 1}"
            place = _percent({"x": x, "y": y}, size) | {"width": POINT_SIZE}
            yield self._region("point", place, label if alone else name)

    def _drawn(self, shape: Shape, size: tuple[int, int]) -> tuple[str, dict[str, Any]] | None:
        """The kind of region of a shape, and its numbers; None for no pixel at all."""
        match shape:
            case Polygon(parts) if len(parts) == 1:
                points = (parts[0] / size * 100).tolist()
                return "polygon", {"points": points, "closed": True}
            case Polygon() | PixelMask():
                several = isinstance(shape, Polygon)
                self.losses.add("polygons of several parts are written as brushes", several)
                mask = shape_pixels(shape, size[1], size[0])
                return ("brush", {"format": "rle", "rle": pack_mask(mask)}) if mask.any() else None
        kind, numbers, angle = _numbers(shape)
        return kind, _percent(numbers, size) | {"rotation": math.degrees(angle) % 360}


def _numbers(
    shape: BoundingBox | OrientedBox | Circle | Ellipse,
) -> tuple[str, dict[str, float], float]:
    """Kind, numbers in pixels, those of the width and of the height in turn, and the angle."""
    match shape:
        case BoundingBox(left, top, right, bottom):
            sides = {"x": left, "y": top, "width": right - left, "height": bottom - top}
            return "box", sides, 0.0
        case OrientedBox(_, _, width, height, angle):
            x, y = shape.corners()[0].tolist()  # it is turned about its left upper corner
            return "box", {"x": x, "y": y, "width": width, "height": height}, angle
        case Circle(x, y, radius):
            return "ellipse", {"x": x, "y": y, "radiusX": radius, "radiusY": radius}, 0.0
        case Ellipse(x, y, a, b, angle):
            return "ellipse", {"x": x, "y": y, "radiusX": a, "radiusY": b}, angle


def _percent(numbers: dict[str, float], size: tuple[int, int]) -> dict[str, Any]:
    """Numbers of the width and of the height, in turn, in percent of them."""
    return {
        name: value / size[index % 2] * 100 for index, (name, value) in enumerate(numbers.items())
    }
