"""Write COCO JSON: a file for each split, and copies of the pictures."""

import json
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

from ...structures.annotated_image import AnnotatedImage, AnnotatedObject
from ...structures.annotations import BoundingBox
from ...structures.rasterize import shape_pixels
from ...structures.shapes import PixelMask, Polygon, shape_box
from .._format import Vocabulary
from .._writing.losses import Losses
from .._writing.outlines import polygon_of
from .._writing.picture_folder import FileNames, atomic_folder, copy_picture, picture_size
from .runs import encode_mask

FOLDERS = {"train": "train", "validation": "val", "test": "test", None: ""}
NAMELESS = "object"  # the class of objects of which nobody said it


def write_coco(images: Iterable[AnnotatedImage], vocabulary: Vocabulary, out: Path) -> list[str]:
    """Write `annotations/instances_SPLIT.json` and `images/SPLIT/`; images in which nobody looked
    for objects stand in `image_info_SPLIT.json`, which has no annotations.

    Parameters:
        images: with absolute files.
        vocabulary: their names.
        out: a folder that is new or empty.

    Returns a line for each kind of thing that COCO cannot hold. Raises WriteError, DataError for
    what is no picture.
    """
    losses = Losses()
    with atomic_folder(out) as folder:
        (folder / "annotations").mkdir()
        names = {part: FileNames() for part in FOLDERS.values()}
        numbers = _Numbers(vocabulary)
        with ExitStack() as opened:
            files: dict[str, _SplitFile] = {}
            for image in images:
                part = FOLDERS[image.split]
                name = "image_info" if image.objects is None else "instances"
                name = f"{name}_{part}".rstrip("_")
                if name not in files:
                    files[name] = opened.enter_context(_SplitFile(folder, name, numbers, losses))
                losses.add_image(image)
                picture = "/".join(filter(None, (part, names[part].name(image))))
                copy_picture(image, folder / "images" / picture)
                files[name].add(image, picture)
            for file in files.values():
                file.finish(vocabulary)
    return losses.lines()


class _Numbers:
    """Ids, from 1, over all files."""

    def __init__(self, vocabulary: Vocabulary):
        self.categories = {name: number for number, name in enumerate(vocabulary.classes, 1)}
        self.keypoints = len(vocabulary.keypoints)
        self.images = self.annotations = 0

    def category(self, name: str) -> int:
        return self.categories.setdefault(name, len(self.categories) + 1)


class _SplitFile(ExitStack):
    """One JSON file; annotations are kept in a file beside until all images are written."""

    def __init__(self, folder: Path, name: str, numbers: _Numbers, losses: Losses):
        super().__init__()
        self.path = folder / "annotations" / f"{name}.json"
        self.labelled = name.startswith("instances")
        self.numbers, self.losses = numbers, losses
        self.file = self.enter_context(self.path.open("w", encoding="utf8"))
        self.beside = self.path.with_suffix(".part")
        self.callback(self.beside.unlink, missing_ok=True)
        self.annotations = self.enter_context(self.beside.open("w+", encoding="utf8"))
        self.file.write('{"images": [')
        self.separators: dict[TextIO, str] = {self.file: "\n", self.annotations: "\n"}

    def add(self, image: AnnotatedImage, name: str) -> None:
        size = picture_size(image)
        self.numbers.images += 1
        number = self.numbers.images
        entry = {"id": number, "file_name": name, "width": size[0], "height": size[1]}
        self._append(self.file, entry)
        for thing in image.objects or ():
            annotation = _annotation(thing, size, self.numbers, self.losses)
            if annotation is not None:
                self.numbers.annotations += 1
                ids = {"id": self.numbers.annotations, "image_id": number}
                self._append(self.annotations, ids | annotation)

    def _append(self, file: TextIO, entry: dict[str, Any]) -> None:
        file.write(self.separators[file] + json.dumps(entry))
        self.separators[file] = ",\n"

    def finish(self, vocabulary: Vocabulary) -> None:
        if self.labelled:
            self.file.write('\n],\n"annotations": [')
            self.annotations.seek(0)
            while chunk := self.annotations.read(2**20):
                self.file.write(chunk)
        skeleton = [[first + 1, second + 1] for first, second in vocabulary.skeleton]
        points = {"keypoints": list(vocabulary.keypoints), "skeleton": skeleton}
        categories = [
            {"id": number, "name": name} | (points if vocabulary.keypoints else {})
            for name, number in self.numbers.categories.items()
        ]
        lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in categories)
        self.file.write(f'\n],\n"categories": [\n{lines}\n]}}\n')


def _annotation(
    thing: AnnotatedObject, size: tuple[int, int], numbers: _Numbers, losses: Losses
) -> dict[str, Any] | None:
    width, height = size
    points = thing.keypoints
    if points is not None and len(points) != numbers.keypoints:
        losses.add("keypoints without names are not written")
        points = None
    if thing.shape is None and points is None:
        losses.add("objects without a place are not written")
        return None
    losses.add(f'objects without a class are written as "{NAMELESS}"', thing.label is None)
    entry: dict[str, Any] = {"category_id": numbers.category(thing.label or NAMELESS)}
    box = None if thing.shape is None else shape_box(thing.shape)
    if box is not None:
        entry["bbox"] = [box.left, box.top, box.right - box.left, box.bottom - box.top]
        entry["area"] = (box.right - box.left) * (box.bottom - box.top)
    if isinstance(thing.shape, PixelMask):
        mask = shape_pixels(thing.shape, height, width)
        entry["segmentation"] = {"size": [height, width], "counts": encode_mask(mask)}
        entry["area"] = int(mask.sum())
    elif thing.shape is not None and not isinstance(thing.shape, BoundingBox):
        kind = type(thing.shape).__name__
        polygon = polygon_of(thing.shape)
        losses.add(f"shapes of the kind {kind} are written as polygons", kind != Polygon.__name__)
        entry["segmentation"] = [part.ravel().tolist() for part in polygon.parts]
        entry["area"] = polygon.area()
    if points is not None:
        entry["keypoints"] = points.ravel().tolist()
        entry["num_keypoints"] = int((points[:, 2] > 0).sum())
    entry["iscrowd"] = int(thing.crowd)
    stated = {"difficult": thing.difficult, "truncated": thing.truncated}
    entry |= {name: 1 for name, value in stated.items() if value}
    if thing.attributes:
        entry["attributes"] = dict(thing.attributes)
    if thing.score is not None:
        entry["score"] = thing.score
    return entry
