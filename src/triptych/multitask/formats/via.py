"""VIA 2 (VGG Image Annotator): a project, or its annotations as JSON or CSV."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from ...frame.errors import DataError
from ...frame.progress import ProgressCallback, ProgressEvent, no_progress
from ..structures.annotated_image import AnnotatedImage, AnnotatedObject
from ._format import Format, Vocabulary
from ._reading.annotation_files import AnnotationFiles
from ._reading.drawn import shown, telling
from ._reading.folders import peek_files
from ._reading.keypoint_names import KeypointNames
from ._reading.listed_pictures import ListedPictures
from ._reading.paths import PictureFinder
from ._via.entries import Entry, is_via, project_attributes, read_entries
from ._via.regions import Options, label_and_attributes, object_of, options_of

ENDINGS = (".json", ".csv")


class VIA(Format):
    """What VIA 2 (https://www.robots.ox.ac.uk/~vgg/software/via) saves and exports."""

    title = "VIA 2 JSON or CSV"

    @classmethod
    def recognizes(cls, path: Path) -> int:
        """3 where a file begins as VIA's do.

        Parameters:
            path: a file or a folder that exists.
        """
        files = chain.from_iterable(peek_files(path, ending) for ending in ENDINGS)
        return 3 if any(map(is_via, files)) else 0

    def read(self, progress: ProgressCallback = no_progress) -> Iterator[AnnotatedImage]:
        """The images in the order of the file.

        Parameters:
            progress: told how many images are read.

        Raises DataError where there is no file of VIA.
        """
        self._keypoints, self._finder = KeypointNames(), PictureFinder(self.root, "images")
        self._classes: set[str] = set()
        self._pictures = ListedPictures(self.root, self.problems)
        files = list(self.files())
        if not files:
            raise DataError(f"There is no file of VIA in {self.path}. Name its JSON or CSV.")
        done = 0
        for file in files:
            place = str(file.relative_to(self._finder.root))
            try:
                regions, images = self._options(file, place)
                for entry in read_entries(file):
                    done += 1
                    image = self._image(entry, file, place, regions, images)
                    if image is not None:
                        names = (image.label, *(thing.label for thing in image.objects or ()))
                        self._classes.update(name for name in names if name)
                        yield image
                    if done % 100 == 0:
                        progress(ProgressEvent("read VIA images", done, done))
            except DataError as error:
                if self.problems.strict:
                    raise
                self.problems.add("damaged file", place, str(error), "file left out")
        progress(ProgressEvent("read VIA images", done, done))

    def files(self) -> Iterator[Path]:
        """The file that is named; of a folder those that begin as VIA's do."""
        for ending in ENDINGS:
            if self.path.is_dir() or self.path.suffix.lower() == ending:
                named = AnnotationFiles(self.path, ending)
                yield from (file for file in named if self.path.is_file() or is_via(file))

    @property
    def vocabulary(self) -> Vocabulary:
        """The classes in the order of the alphabet."""
        return Vocabulary(tuple(sorted(self._classes)), keypoints=self._keypoints.names)

    def _options(self, file: Path, place: str) -> tuple[Options, Options]:
        """The options of the attributes of regions, and of files."""
        listed = project_attributes(file)
        if not isinstance(listed, dict):
            return {}, {}
        regions, images = (
            options_of(listed.get(key, {}), self.problems, place) for key in ("region", "file")
        )
        return regions, images

    def _image(
        self, entry: Entry, file: Path, place: str, regions: Options, images: Options
    ) -> AnnotatedImage | None:
        here = f"{place}, {shown(entry.key)}"
        if not isinstance(entry.filename, str) or entry.regions is None:
            detail = "expected a filename and regions; it is no file of VIA 2, or damaged"
            self.problems.add("damaged entry", here, detail, "image left out")
            return None
        name = entry.filename.split("?")[0] if "://" in entry.filename else entry.filename
        picture = self._finder.find(name, file.parent)
        picture = self._pictures.check(picture, entry.filename, here)
        if picture is None:
            return None
        objects: list[AnnotatedObject] = []
        for number, (shape, attributes) in enumerate(entry.regions, 1):
            with telling(self.problems, f"{here}, region {number}"):
                objects.append(object_of(shape, attributes, regions, self._keypoints))
        label, others = label_and_attributes(entry.attributes, images)
        return AnnotatedImage(picture, label=label, attributes=others, objects=tuple(objects))
