"""The mask pictures of a Pascal VOC set: of classes and of objects."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from numpy import ndarray
from PIL import Image

from ....frame.errors import ImageError
from ....frame.storage.files import os_error_reason
from ...structures.annotated_image import AnnotatedObject, ClassMap
from ...structures.import_problems import ImportProblems
from ...structures.shapes import PixelMask, shape_box
from .layout import names_in

BORDER = 255  # pixels around things, which do not count
VOC_CLASSES = [
    "aeroplane",
    "bicycle",
    "bird",
    "boat",
    "bottle",
    "bus",
    "car",
    "cat",
    "chair",
    "cow",
    "diningtable",
    "dog",
    "horse",
    "motorbike",
    "person",
    "pottedplant",
    "sheep",
    "sofa",
    "train",
    "tvmonitor",
]
NEAR = 0.5  # of the intersection over union of an object's box and that of its pixels


class MaskPictures:
    """Finds the masks of a set by the names of its pictures."""

    def __init__(self, base: Path, root: Path, problems: ImportProblems):
        """
        Parameters:
            base: of the set.
            root: the folder of the user.
            problems: told of masks that cannot be used.
        """
        self.root, self.problems = root, problems
        self.folders = base / "SegmentationClass", base / "SegmentationObject"
        self.names = [frozenset(names_in(folder)) for folder in self.folders]
        self.classes = _label_map(base / "labelmap.txt")

    def class_map(self, stem: str, objects: Sequence[AnnotatedObject]) -> ClassMap | None:
        """The mask of the classes of an image; None where there is none.

        Parameters:
            stem: name of the picture without ending.
            objects: in the image: where there is no labelmap.txt, their names show whether the
                classes are VOC's own.
        """
        if f"{stem}.png" not in self.names[0]:
            return None
        file = self.folders[0] / f"{stem}.png"
        classes = self.classes or ["", *VOC_CLASSES]
        if not {thing.label for thing in objects} <= {*classes}:
            detail = "labelmap.txt beside it must name the classes of its numbers; not used"
            place = str(file.relative_to(self.root))
            self.problems.add("mask without class names", place, detail, "mended")
            return None
        try:
            with Image.open(file) as image:
                mode = image.mode
        except Exception:  # Pillow's plug-ins raise anything for damaged headers
            mode = ""
        if mode not in ("P", "L"):
            detail = "expected a picture with a palette, whose numbers are the classes"
            place = str(file.relative_to(self.root))
            self.problems.add("mask without numbers", place, f"{detail}; not used", "mended")
            return None
        return ClassMap(file, dict(enumerate(classes)), (BORDER,))

    def outline(
        self, stem: str, objects: Sequence[AnnotatedObject | None]
    ) -> list[AnnotatedObject | None]:
        """The objects with their pixels, where the mask of objects has them: number i is the i-th.

        Parameters:
            stem: name of the picture without ending.
            objects: in the order of the XML file.
        """
        if f"{stem}.png" not in self.names[1] or not objects:
            return list(objects)
        file = self.folders[1] / f"{stem}.png"
        place = str(file.relative_to(self.root))
        try:
            numbers = _numbers(file)
        except ImageError as error:
            self.problems.add("damaged mask", place, f"{error}; boxes are used", "mended")
            return list(objects)
        outlined = [
            None if thing is None else _with_pixels(thing, PixelMask.of(numbers == number))
            for number, thing in enumerate(objects, 1)
        ]
        boxes = sum(1 for old, new in zip(objects, outlined) if old is not None and old is new)
        if boxes:
            detail = f"{boxes} objects have no pixels where their box is; their box is used"
            self.problems.add("object without pixels", place, detail, "noticed")
        return outlined


def _with_pixels(thing: AnnotatedObject, mask: PixelMask) -> AnnotatedObject:
    box, stated = shape_box(mask), shape_box(thing.shape) if thing.shape else None
    if box is None or stated is None:
        return thing
    width = min(box.right, stated.right) - max(box.left, stated.left)
    height = min(box.bottom, stated.bottom) - max(box.top, stated.top)
    common = max(width, 0) * max(height, 0)
    areas = [(each.right - each.left) * (each.bottom - each.top) for each in (box, stated)]
    return replace(thing, shape=mask) if common > NEAR * (sum(areas) - common) else thing


def _numbers(file: Path) -> UInt8[ndarray, "height width"]:
    """The numbers of the palette, not its colors. Raises ImageError."""
    try:
        with Image.open(file) as image:
            if image.mode not in ("P", "L"):
                raise ImageError(f"expected a picture with a palette, got {image.mode}")
            return np.array(image, np.uint8)
    except ImageError:
        raise
    except Exception as error:  # Pillow's plug-ins raise anything for damaged pictures
        raise ImageError(f"cannot be read: {os_error_reason(error)}") from error


def _label_map(file: Path) -> list[str]:
    """Names in the order of a CVAT `labelmap.txt`, "name:color:parts:actions" a line."""
    try:
        lines = file.read_text("utf8", errors="replace").splitlines()
    except OSError:
        return []
    names = [line.split(":")[0].strip() for line in lines if line.strip() and line[0] != "#"]
    return ["" if name == "background" else name for name in names]
