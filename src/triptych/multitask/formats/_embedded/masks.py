"""Masks inside of shards and tables: written as files, or read as things."""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from ....frame.errors import ImageError
from ....frame.storage.files import make_folder
from ...structures.annotated_image import AnnotatedObject, ClassMap
from ...structures.import_problems import ImportProblems
from ...structures.mask_file import mask_header, mask_values
from ...structures.shapes import PixelMask
from .._mask_images.known_sets import Meaning
from .._mask_images.meaning import infer, read_stated
from .._mask_images.values import objects_in, sample

SAMPLES = 64


class EmbeddedMasks:
    """Writes masks into a folder; what their numbers mean is seen in the first of them."""

    def __init__(self, root: Path, scratch: Path, problems: ImportProblems):
        """
        Parameters:
            root: the folder of the user, in which masks.yaml may lie.
            scratch: where masks are written.
            problems: told of what kind the masks are.
        """
        self.root, self.folder, self.problems = root, scratch / "masks", problems
        self.meaning: Meaning | None = None
        self._written = 0

    def decide(self, contents: Iterable[bytes]) -> None:
        """See what masks mean by some of them.

        Parameters:
            contents: the bytes of masks; the first are read.
        """
        samples = []
        for content in islice(contents, SAMPLES):
            try:
                samples.append(sample(mask_values(self._write(content))))
            except ImageError:
                continue  # told when it is its turn
        if samples:
            self.meaning = infer(["mask.png"], samples, read_stated([self.root]))
            detail = f"taken as {self.meaning.kind}; masks.yaml in the folder can say otherwise"
            self.problems.add("kind of masks", self.root.name, detail, "noticed")

    def read(self, content: bytes) -> tuple[ClassMap | None, tuple[AnnotatedObject, ...] | None]:
        """A mask as a file, or the things in it. Raises ImageError where it cannot be used.

        Parameters:
            content: the bytes of the mask.
        """
        if self.meaning is None:
            raise ImageError("no mask could be read, so nobody knows what they hold")
        file = self._write(content)
        if self.meaning.kind == "instances":
            things = tuple(
                AnnotatedObject(self.meaning.label, PixelMask(left, top, pixels))
                for _, left, top, pixels in objects_in(mask_values(file), self.meaning.ignored)
            )
            return None, things
        if not mask_header(file)[2]:
            raise ImageError("it is in colors, not in numbers of classes")
        self._written += 1  # this one stays
        return ClassMap(file, self.meaning.classes, self.meaning.ignored), None

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes in masks, in the order of their numbers."""
        names = self.meaning.classes.values() if self.meaning else ()
        return tuple(dict.fromkeys(filter(None, names)))

    def _write(self, content: bytes) -> Path:
        make_folder(self.folder)
        file = self.folder / f"{self._written:08}.png"
        file.write_bytes(content)
        return file
