"""Annotated images of pictures and their masks."""

from pathlib import Path

import numpy as np
from PIL import Image

from ....frame.errors import ImageError
from ...structures.annotated_image import AnnotatedImage, AnnotatedObject, ClassMap
from ...structures.import_problems import ImportProblems
from ...structures.mask_file import mask_header, mask_pixels, mask_values, picture_size
from ...structures.shapes import PixelMask
from .known_sets import CITYSCAPES_THINGS, Meaning
from .meaning import StatedMeaning
from .pairs import Pair, usable_masks
from .values import objects_in

LOSSY = (".jpg", ".jpeg")


class MaskReader:
    """Makes annotated images of pictures and their masks, of which the meaning is known."""

    def __init__(
        self,
        root: Path,
        scratch: Path,
        problems: ImportProblems,
        meaning: Meaning,
        stated: StatedMeaning,
    ):
        """
        Parameters:
            root: that names are relative to.
            scratch: where masks in colors are written as numbers.
            problems: told of what is wrong.
            meaning: of the numbers.
            stated: what files beside the masks say.
        """
        self.root, self.scratch, self.problems = root, scratch, problems
        self.meaning, self.colors = meaning, stated.colors
        self._written = 0

    def annotate(self, pair: Pair) -> AnnotatedImage:
        """The picture with what its masks say.

        Parameters:
            pair: of a picture and its masks; masks that cannot be used are told.
        """
        instances = self.meaning.kind == "instances"
        masks = usable_masks(pair.masks, instances=instances)
        file = self.root / pair.image
        if not masks:
            detail = "there is no mask of its name; it counts as not annotated"
            self.problems.add("picture without mask", pair.image, detail, "noticed")
            return AnnotatedImage(file, split=pair.split)
        good, size = [], (None, None)
        for mask in masks:
            try:
                size = self._checked_size(file, self.root / mask)
                good.append(
                    self._objects(mask)
                    if instances or len(masks) > 1
                    else self._class_map(self.root / mask)
                )
            except ImageError as error:
                self.problems.add("mask not usable", mask, str(error), "object left out")
        maps = [each for each in good if isinstance(each, ClassMap)]
        objects = tuple(thing for each in good if isinstance(each, tuple) for thing in each)
        return AnnotatedImage(
            file,
            *size,
            split=pair.split,
            objects=None if maps or not good else objects,
            mask=maps[0] if maps else None,
        )

    def _checked_size(self, picture: Path, mask: Path) -> tuple[int, int]:
        width, height, _ = mask_header(mask)
        try:
            expected = picture_size(picture)
        except ImageError:
            return width, height  # a damaged picture is told where pictures are opened
        if expected != (width, height):
            got = f"{width}×{height}"
            raise ImageError(f"it has {got} pixels, its picture {expected[0]}×{expected[1]}")
        return width, height

    def _class_map(self, mask: Path) -> ClassMap:
        soft = len({*self.meaning.classes}) == 256
        if mask.suffix.lower() in LOSSY and not soft:
            raise ImageError("JPEG changes the numbers of pixels: store masks as PNG")
        if self.colors:
            values = self._numbers_of_colors(mask_pixels(mask))
        elif not mask_header(mask)[2]:
            values = mask_values(mask)
        else:
            return ClassMap(mask, self.meaning.classes, self.meaning.ignored)
        self.scratch.mkdir(parents=True, exist_ok=True)
        file = self.scratch / f"mask{self._written:07}.png"
        Image.fromarray(values.astype(np.uint8)).save(file)
        self._written += 1
        unnamed = (255,) if self.colors else ()
        return ClassMap(file, self.meaning.classes, (*self.meaning.ignored, *unnamed))

    def _numbers_of_colors(self, pixels: np.ndarray) -> np.ndarray:
        if pixels.ndim != 3:
            raise ImageError("it is in grey, though colors are named")
        packed = pixels[..., :3].astype(np.int64) @ [1 << 16, 1 << 8, 1]
        values = np.full(packed.shape, 255)
        for (red, green, blue), number in self.colors.items():
            values[packed == (red << 16 | green << 8 | blue)] = number
        return values

    def _objects(self, mask: str) -> tuple[AnnotatedObject, ...]:
        """Each thing in a mask; where a picture has several masks, each is one thing."""
        values = mask_values(self.root / mask)
        step, label = self.meaning.step, self.meaning.label
        if self.meaning.kind != "instances":
            shape = PixelMask.of(values > (127 if values.max() > 127 else 0))
            name = next(filter(None, self.meaning.classes.values()), None)
            return (AnnotatedObject(name, shape),) if shape.pixels.any() else ()
        things = []
        for value, left, top, pixels in objects_in(values, self.meaning.ignored):
            number = value // step if step and value >= step else value
            if step and number not in CITYSCAPES_THINGS:
                continue
            if step:
                label = self.meaning.classes.get(number)
            crowd = bool(step) and value < step  # a group that was not told apart
            if label or not step:
                things.append(AnnotatedObject(label, PixelMask(left, top, pixels), crowd=crowd))
        return tuple(things)
