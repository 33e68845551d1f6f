"""CVAT for images 1.1: one XML file with the shapes and tags of all pictures."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import ClassVar
from xml.etree.ElementTree import Element

from ...frame.errors import DataError
from ...frame.progress import ProgressCallback, ProgressEvent, no_progress
from ..structures.annotated_image import AnnotatedImage
from ._cvat.objects import ObjectReader, attributes_of
from ._cvat.writing import write_cvat
from ._format import Format, Vocabulary
from ._reading.annotation_files import AnnotationFiles, side
from ._reading.documents import stream_xml
from ._reading.drawn import shown
from ._reading.folders import peek_files, start_of
from ._reading.keypoint_names import KeypointNames
from ._reading.listed_pictures import ListedPictures
from ._reading.paths import PictureFinder
from ._reading.splits import split_of

ROOT = re.compile(rb"<annotations[\s>]")  # <annotation> is Pascal VOC
BLOCK = 2**20


class CVAT(Format):
    """What CVAT (https://cvat.ai) exports as "CVAT for images 1.1"."""

    title = "CVAT XML"
    writes: ClassVar[bool] = True

    @classmethod
    def recognizes(cls, path: Path) -> int:
        """3 where an XML file begins as CVAT's do.

        Parameters:
            path: a file or a folder that exists.
        """
        return 3 if any(map(_is_cvat, peek_files(path, ".xml"))) else 0

    def read(self, progress: ProgressCallback = no_progress) -> Iterator[AnnotatedImage]:
        """The images in the order of the file.

        Parameters:
            progress: told how many images are read.

        Raises DataError where there is no XML file.
        """
        self._classes: dict[str, None] = {}
        self._attributes: dict[str, dict[str, None]] = {}
        self._keypoints, self._finder = KeypointNames(), PictureFinder(self.root, "images")
        self._pictures = ListedPictures(self.root, self.problems)
        objects = ObjectReader(self.problems, self._keypoints)
        annotations = list(self._annotations())
        if not annotations:
            raise DataError(f"There is no XML file in {self.path}. Name the folder of CVAT's.")
        counts = [_count(file) for file in annotations]
        total, done = sum(images for images, _ in counts), 0
        for file, (_, tracks) in zip(annotations, counts):
            place = str(file.relative_to(self._finder.root))
            if not _is_cvat(file):
                detail = "it is no file of CVAT: there is no <annotations>"
                self.problems.add("file of another kind", place, detail, "file left out")
                continue
            if tracks:
                detail = (
                    f"it holds {tracks} tracks of a video, which are not read; export "
                    '"CVAT for images 1.1" with its images'
                )
                self.problems.add("tracks of a video", place, detail, "object left out")
            try:
                self._read_labels(file)
                for element in stream_xml(file, "image"):
                    done += 1
                    image = self._image(element, file, place, objects)
                    if image is not None:
                        yield image
                    if done % 100 == 0 or done == total:
                        progress(ProgressEvent("read CVAT images", done, max(done, total)))
            except DataError as error:
                if self.problems.strict:
                    raise
                self.problems.add("damaged file", place, str(error), "file left out")

    def files(self) -> Iterator[Path]:
        """The XML files."""
        yield from self._annotations()

    @property
    def vocabulary(self) -> Vocabulary:
        """Classes and the values of attributes as the project lists them, then those beside."""
        attributes = {name: tuple(values) for name, values in self._attributes.items() if values}
        return Vocabulary(tuple(self._classes), attributes, self._keypoints.names)

    @classmethod
    def write(
        cls, images: Iterable[AnnotatedImage], vocabulary: Vocabulary, out: Path
    ) -> Sequence[str]:
        """Write annotations.xml, and copies of the pictures beside it.

        Parameters:
            images: with absolute files.
            vocabulary: their names.
            out: a new or empty folder; or a file that ends in .xml, which is written alone.

        Returns a line for each kind of thing that CVAT cannot hold. Raises WriteError.
        """
        return write_cvat(images, vocabulary, out)

    def _annotations(self) -> AnnotationFiles:
        return AnnotationFiles(self.path, ".xml")

    def _read_labels(self, file: Path) -> None:
        """The labels that the file begins with."""
        labels = next(stream_xml(file, "labels"), None)
        for label in labels if labels is not None else ():
            name = (label.findtext("name") or "").strip()
            if name and label.findtext("parent"):
                self._keypoints.array({name: (0.0, 0.0, 0.0)})
            elif name:
                self._classes.setdefault(name)
            for attribute in label.iter("attribute"):
                key = (attribute.findtext("name") or "").strip()
                if key and attribute.findtext("input_type") in ("select", "radio"):
                    values = (attribute.findtext("values") or "").split("\n")
                    known = self._attributes.setdefault(key, {})
                    known.update(dict.fromkeys(value.strip() for value in values if value.strip()))

    def _image(
        self, element: Element, file: Path, place: str, objects: ObjectReader
    ) -> AnnotatedImage | None:
        name, subset = element.get("name", ""), element.get("subset", "")
        here = f"{place}, image {shown(name)}"
        picture = self._finder.find(f"{subset}/{name}", file.parent) if subset and name else None
        picture = picture or self._finder.find(name, file.parent)
        picture = self._pictures.check(picture, name, here)
        if picture is None:
            return None
        things = objects.read(element, here)
        tags = list(element.iter("tag"))
        labels = [label for tag in tags if (label := objects.label(tag, here))]
        attributes = {key: value for tag in tags for key, value in attributes_of(tag).items()}
        if len(labels) > 1:  # not one class: each is a yes
            attributes |= dict.fromkeys(labels, "true")
        label = labels[0] if len(labels) == 1 else None
        names = [label, *(thing.label for thing in things)]
        self._classes.update(dict.fromkeys(name for name in names if name))
        return AnnotatedImage(
            picture,
            width=side(element.get("width"), "width", here, self.problems),
            height=side(element.get("height"), "height", here, self.problems),
            label=label,
            attributes=attributes,
            split=split_of(subset),
            objects=things,
        )


def _is_cvat(file: Path) -> bool:
    return bool(ROOT.search(start_of(file)))


def _count(file: Path) -> tuple[int, int]:
    """How many images and tracks a file has, by their names alone."""
    images = tracks = 0
    rest = b""
    try:
        with file.open("rb") as opened:
            while block := opened.read(BLOCK):
                text = rest + block
                images, tracks = images + text.count(b"<image "), tracks + text.count(b"<track ")
                rest = text[-6:]  # a name cut in two is whole with the next block
    except OSError:
        return 0, 0
    return images, tracks
