"""LabelMe: a JSON file for each picture, with polygons, rectangles, circles, points and masks."""

import re
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar

from PIL import Image

from ...frame.errors import DataError
from ...frame.progress import ProgressCallback, ProgressEvent, no_progress
from ...frame.storage.decoding.decode import readable_formats
from ...frame.storage.files import make_folder, write_bytes
from ..structures.annotated_image import AnnotatedImage
from ._format import Format, Vocabulary
from ._labelme.drawn_shapes import decode_base64
from ._labelme.extra import add_image_extra, flags_of, keypoint_names
from ._labelme.objects import ObjectReader
from ._labelme.writing import write_labelme
from ._reading.annotation_files import AnnotationFiles, side
from ._reading.documents import read_json
from ._reading.drawn import ShapeError
from ._reading.folders import peek_files, start_of
from ._reading.keypoint_names import KeypointNames
from ._reading.listed_pictures import ListedPictures
from ._reading.paths import PictureFinder

SHAPES = re.compile(rb'"shapes"\s*:\s*\[')
OTHER_KEYS = re.compile(rb'"(imagePath|shape_type|flags|version)"\s*:')
LABELS = "labels.txt"  # the names that LabelMe is started with, if the annotators kept them there
NO_CLASS = ("__ignore__", "_background_")


class LabelMe(Format):
    """Files of LabelMe (https://github.com/wkentaro/labelme), one beside each picture."""

    title = "LabelMe JSON"
    writes: ClassVar[bool] = True

    @classmethod
    def recognizes(cls, path: Path) -> int:
        """3 where a JSON file begins as LabelMe's do.

        Parameters:
            path: a file or a folder that exists.
        """
        starts = map(start_of, peek_files(path, ".json"))
        is_one = any(SHAPES.search(start) and OTHER_KEYS.search(start) for start in starts)
        return 3 if is_one else 0

    def read(self, progress: ProgressCallback = no_progress) -> Iterator[AnnotatedImage]:
        """The images, in the order of the names of their files.

        Parameters:
            progress: told how many files are read.

        Raises DataError where there is no JSON file.
        """
        self._keypoints = KeypointNames()
        self._classes: set[str] = set()
        self._pictures = ListedPictures(self.root, self.problems)
        self._finder = PictureFinder(self.root, "images", "imgs")
        objects = ObjectReader(self.problems, self._keypoints)
        annotations = self._annotations()
        if not annotations:
            raise DataError(f"There is no JSON file in {self.path}. Name the folder of LabelMe's.")
        for number, file in enumerate(annotations, 1):
            image = self._read_file(file, objects)
            if image is not None:
                self._classes.update(thing.label for thing in image.objects or () if thing.label)
                yield image
            if number % 100 == 0 or number == len(annotations):
                progress(ProgressEvent("read LabelMe files", number, len(annotations)))

    def files(self) -> Iterator[Path]:
        """The JSON files, and the list of labels."""
        yield from self._annotations()
        if (self.root / LABELS).is_file():
            yield self.root / LABELS

    @property
    def vocabulary(self) -> Vocabulary:
        """The classes in the order of labels.txt, then of the alphabet."""
        listed = [name for name in self._listed_labels() if name in self._classes]
        classes = [*listed, *sorted(self._classes.difference(listed))]
        return Vocabulary(tuple(classes), keypoints=self._keypoints.names)

    @classmethod
    def write(
        cls, images: Iterable[AnnotatedImage], vocabulary: Vocabulary, out: Path
    ) -> Sequence[str]:
        """Write a folder of pictures with a JSON file beside each, and labels.txt.

        Parameters:
            images: with absolute files.
            vocabulary: their names.
            out: the folder, which is new or empty.

        Returns a line for each kind of thing that LabelMe cannot hold. Raises WriteError.
        """
        return write_labelme(images, vocabulary, out)

    def _annotations(self) -> AnnotationFiles:
        return AnnotationFiles(self.path, ".json")

    def _read_file(self, file: Path, objects: ObjectReader) -> AnnotatedImage | None:
        place = str(file.relative_to(self._finder.root))
        try:
            document = read_json(file)
        except DataError as error:
            self.problems.add("damaged file", place, str(error), "file left out")
            return None
        if not isinstance(document, dict) or not isinstance(document.get("shapes"), list):
            detail = 'it is no file of LabelMe: there is no list "shapes"'
            self.problems.add("file of another kind", place, detail, "file left out")
            return None
        picture = self._picture(document, file, place)
        if picture is None:
            return None
        self._keypoints.array(dict.fromkeys(keypoint_names(document), (0.0, 0.0, 0.0)))
        image = AnnotatedImage(
            picture,
            width=side(document.get("imageWidth"), "imageWidth", place, self.problems),
            height=side(document.get("imageHeight"), "imageHeight", place, self.problems),
            attributes=flags_of(document),
            objects=objects.read(document["shapes"], place),
        )
        return add_image_extra(image, document)

    def _picture(self, document: dict[str, Any], file: Path, place: str) -> Path | None:
        """The picture of a file: by its name, else the one embedded in it."""
        name, embedded = document.get("imagePath"), document.get("imageData")
        found = self._finder.find(name, file.parent) if isinstance(name, str) else None
        if found is not None or not embedded:
            return self._pictures.check(found, name, place)
        try:
            return self._unpacked(decode_base64(embedded, "imageData"), place)
        except ShapeError as error:
            self.problems.add("damaged imageData", place, str(error), "image left out")
            return None

    def _unpacked(self, content: bytes, place: str) -> Path:
        """The picture embedded in a file, as a file of its own."""
        try:
            with Image.open(BytesIO(content), formats=readable_formats()) as image:
                ending = (image.format or "").lower()
        except Exception as error:  # Pillow meets damage with any error
            raise ShapeError("damaged imageData", "its imageData is no picture") from error
        folder = make_folder(self.scratch / "labelme")
        target = folder / f"{sha256(place.encode(errors='replace')).hexdigest()[:24]}.{ending}"
        write_bytes(target, content)
        return target

    def _listed_labels(self) -> list[str]:
        file = self.root / LABELS
        if not file.is_file() or file.stat().st_size > 2**20:
            return []
        lines = file.read_text("utf-8", errors="replace").splitlines()
        return [name for line in lines if (name := line.strip()) and name not in NO_CLASS]
