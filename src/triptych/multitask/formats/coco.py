"""COCO JSON: boxes, polygons, run lengths and keypoints, one file for each split."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ...frame.errors import DataError
from ...frame.progress import ProgressCallback, ProgressEvent, no_progress
from ..structures.annotated_image import AnnotatedImage
from ..structures.import_problems import ImportProblems
from ._coco.categories import VocabularyOfFiles, read_categories
from ._coco.files import (
    annotation_files,
    is_coco,
    picture_folders,
    split_of_file,
)
from ._coco.grouping import CocoDocument, is_id, open_document, shown
from ._coco.objects import AnnotationReader
from ._coco.writing import write_coco
from ._format import Format, Vocabulary
from ._reading.documents import finite
from ._reading.folders import peek_files
from ._reading.headers import picture_size
from ._reading.listed_pictures import ListedPictures
from ._reading.paths import PictureFinder

FIRST_LOOK = 20  # JSON files that are looked at to recognize a folder
TOLD_EVERY = 1000  # images
LONGEST_SIDE = 10**6


class Coco(Format):
    """Reads and writes COCO JSON, of the tasks detection, segmentation and keypoints."""

    title = "COCO JSON"
    writes = True

    @classmethod
    def recognizes(cls, path: Path) -> int:
        """3 where a JSON file holds two of "images", "annotations" and "categories".

        Parameters:
            path: of a file or a folder.
        """
        files = [path] if path.is_file() else peek_files(path, ".json", most=FIRST_LOOK)
        return 3 if any(map(is_coco, files)) else 0

    def read(self, progress: ProgressCallback = no_progress) -> Iterator[AnnotatedImage]:
        """The images of all files, each with its annotations; those of a large file are laid out
        in `scratch` meanwhile.

        Parameters:
            progress: told how far it is.

        Raises DataError where no file can be read, or none of the pictures is there.
        """
        files = annotation_files(self.path, self.problems)
        if not files:
            raise DataError(f"There is no COCO file in {self.path}. Name the file itself.")
        self._vocabulary, self._listed = VocabularyOfFiles(), 0
        self._pictures = ListedPictures(self.root, self.problems)
        for file in files:
            place = str(file.relative_to(self.root))
            try:
                with open_document(file, place, self.scratch, self.problems) as document:
                    yield from self._images(file, place, document, progress)
            except DataError as error:
                if len(files) == 1 or self.problems.strict:
                    raise
                self.problems.add("damaged file", place, str(error), "file left out")
        if self._listed and not self._pictures:
            raise DataError(
                f"None of the {self._listed} pictures that {files[0].name} lists lies in "
                f"{self.root}. Name the folder that holds both pictures and annotations."
            )

    def files(self) -> Iterator[Path]:
        """The JSON files."""
        yield from annotation_files(self.path, ImportProblems())

    @property
    def vocabulary(self) -> Vocabulary:
        """Classes by id, keypoints and skeleton."""
        return self._vocabulary.vocabulary()

    @classmethod
    def write(
        cls, images: Iterable[AnnotatedImage], vocabulary: Vocabulary, out: Path
    ) -> Sequence[str]:
        """Write a folder of `annotations/` and `images/`; pictures are copied.

        Parameters:
            images: with absolute files.
            vocabulary: their names.
            out: a folder that is new or empty.

        Returns a line for each kind of thing that COCO cannot hold. Raises WriteError.
        """
        return write_coco(images, vocabulary, out)

    def _images(
        self, file: Path, place: str, document: CocoDocument, progress: ProgressCallback
    ) -> Iterator[AnnotatedImage]:
        categories = read_categories(document.categories, place, self.problems)
        self._vocabulary.add(categories.values())
        keypoints = self._vocabulary.keypoints.keypoints
        reader = AnnotationReader(categories, keypoints, self.problems)
        finder = PictureFinder(self.root, *picture_folders(self.root.resolve(), file))
        split = split_of_file(file, self.root)
        for number, (entry, annotations) in enumerate(document.images, 1):
            if number % TOLD_EVERY == 0 or number == document.count:
                progress(ProgressEvent(f"reading {file.name}", number, document.count))
            self._listed += 1
            where = f"{place}, image {shown(entry['id'])}"
            picture = self._picture(entry, finder, file, where)
            size = self._size(entry, picture, where) if picture else None
            if picture is None or size is None:
                continue
            objects = (
                reader.read(each, size, f"{place}, annotation {shown(each.get('id'))}")
                for each in annotations
            )
            video = entry.get("video_id")
            yield AnnotatedImage(
                file=picture,
                width=size[0],
                height=size[1],
                group=str(video) if is_id(video) else None,
                split=split,
                objects=tuple(filter(None, objects)) if document.labelled else None,
            )

    def _picture(
        self, entry: dict[str, Any], finder: PictureFinder, file: Path, place: str
    ) -> Path | None:
        name = entry.get("file_name")
        if not isinstance(name, str):
            self.problems.add("image without file_name", place, "no file_name", "image left out")
            return None
        return self._pictures.check(finder.find(name, file.parent), name, place)

    def _size(self, entry: dict[str, Any], picture: Path, place: str) -> tuple[int, int] | None:
        """As it is stated, else as the header of the picture says."""
        stated = [finite(entry.get(name)) for name in ("width", "height")]
        width, height = (int(side) if side and side == int(side) else 0 for side in stated)
        if 0 < width <= LONGEST_SIDE and 0 < height <= LONGEST_SIDE:
            return width, height
        size = picture_size(picture)
        if size is None:
            detail = "it has no width and height, and the picture cannot be read"
            self.problems.add("image without size", place, detail, "image left out")
        else:
            detail = "its width and height are missing; those of the picture are used"
            self.problems.add("image without size", place, detail, "mended")
        return size
