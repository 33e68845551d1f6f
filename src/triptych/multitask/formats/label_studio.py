"""Label Studio: its export "JSON", a list of tasks with their annotations."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...frame.errors import DataError
from ...frame.progress import ProgressCallback, ProgressEvent, no_progress
from ..structures.annotated_image import AnnotatedImage
from ._format import Format, Vocabulary
from ._label_studio.names import find_picture, picture_address
from ._label_studio.regions import ResultReader, Results, as_attributes
from ._label_studio.writing import write_label_studio
from ._reading.annotation_files import AnnotationFiles, side
from ._reading.class_names import class_attribute
from ._reading.documents import stream_json
from ._reading.drawn import shown
from ._reading.folders import peek_files, start_of
from ._reading.keypoint_names import KeypointNames
from ._reading.listed_pictures import ListedPictures
from ._reading.paths import PictureFinder
from ._writing.picture_folder import picture_size

TASK = re.compile(rb'^\s*\[\s*\{.*"annotations"\s*:\s*\[', re.DOTALL)
UNANNOTATED = re.compile(rb'^\s*\[\s*\{[^\[{]*"annotations"\s*:\s*\[\s*\]')
OTHER_KEYS = re.compile(rb'"(completed_by|result|was_cancelled|data)"\s*:')


class LabelStudio(Format):
    """What Label Studio (https://labelstud.io) exports as "JSON"."""

    title = "Label Studio JSON"
    writes = True

    @classmethod
    def recognizes(cls, path: Path) -> int:
        """3 where a JSON file begins as Label Studio's do.

        Parameters:
            path: a file or a folder that exists.
        """
        return 3 if any(map(_is_export, peek_files(path, ".json"))) else 0

    def read(self, progress: ProgressCallback = no_progress) -> Iterator[AnnotatedImage]:
        """The images in the order of the tasks.

        Parameters:
            progress: told how many tasks are read.

        Raises DataError where there is no export.
        """
        self._keypoints, self._finder = KeypointNames(), PictureFinder(self.root, "images")
        self._classes: set[str] = set()
        self._pictures = ListedPictures(self.root, self.problems)
        self._control: str | None = None  # whose choices are the classes of images
        self._results = ResultReader(self.problems, self._keypoints)
        # a file of predictions beside the export of their corrections has the same pictures
        files = sorted(self.files(), key=_begins_unannotated)
        if not files:
            raise DataError(f"There is no export of Label Studio in {self.path}. Name its JSON.")
        done = 0
        for file in files:
            place = str(file.relative_to(self._finder.root))
            try:
                before = done
                for task in stream_json(file, "item"):
                    done += 1
                    image = self._image(task, file, place, done - before)
                    if image is not None:
                        names = (image.label, *(thing.label for thing in image.objects or ()))
                        self._classes.update(name for name in names if name)
                        yield image
                    if done % 100 == 0:
                        progress(ProgressEvent("read Label Studio tasks", done, done))
                if done == before:
                    detail = "it is no list of tasks; export as JSON"
                    self.problems.add("file of another kind", place, detail, "file left out")
            except DataError as error:
                if self.problems.strict:
                    raise
                self.problems.add("damaged file", place, str(error), "file left out")
        progress(ProgressEvent("read Label Studio tasks", done, done))

    def files(self) -> Iterator[Path]:
        """The file that is named; of a folder those that begin as Label Studio's do."""
        named = AnnotationFiles(self.path, ".json")
        return (file for file in named if self.path.is_file() or _is_export(file))

    @property
    def vocabulary(self) -> Vocabulary:
        """The classes in the order of the alphabet."""
        return Vocabulary(tuple(sorted(self._classes)), keypoints=self._keypoints.names)

    @classmethod
    def write(
        cls, images: Iterable[AnnotatedImage], vocabulary: Vocabulary, out: Path
    ) -> Sequence[str]:
        """Write `tasks.json`, `labeling.xml` and `images/`.

        Parameters:
            images: with absolute files.
            vocabulary: their names.
            out: a new or empty folder.
        """
        return write_label_studio(images, vocabulary, out)

    @classmethod
    def write_predictions(
        cls, images: Iterable[AnnotatedImage], vocabulary: Vocabulary, out: Path, model: str
    ) -> Sequence[str]:
        """The same, as predictions, which Label Studio shows for people to correct.

        Parameters:
            images: as a model sees them, with scores.
            vocabulary: their names.
            out: a new or empty folder.
            model: what predicted them, by name.
        """
        return write_label_studio(images, vocabulary, out, model)

    def _image(self, task: Any, file: Path, place: str, number: int) -> AnnotatedImage | None:
        if not isinstance(task, dict) or not isinstance(task.get("annotations"), list):
            detail = 'expected a task with the list "annotations"; export as JSON, not as JSON-MIN'
            here = f"{place}, task {number}"
            self.problems.add("damaged task", here, detail, "image left out")
            return None
        here = f"{place}, task {shown(task.get('id', number))}"
        picture = find_picture(task, self._finder, file.parent)
        if picture is not None and picture in self._pictures and not task["annotations"]:
            detail = "its picture came before, and nobody annotated it here"
            self.problems.add("task without annotation", here, detail, "noticed")
            return None
        picture = self._pictures.check(picture, picture_address(task.get("data")), here)
        if picture is None:
            return None
        result = self._latest(task["annotations"], here)
        if result is None:
            detail = "nobody annotated it; predictions are not read"
            self.problems.add("task without annotation", here, detail, "noticed")
            return AnnotatedImage(picture)
        try:
            width, height = self._size(result, picture, here)
        except DataError as error:
            self.problems.add("damaged picture", here, str(error), "image left out")
            return None
        results = self._results.read(result, here, (width, height))
        label, attributes = self._label(results)
        return AnnotatedImage(
            picture, width, height, label, attributes, objects=tuple(results.objects)
        )

    def _latest(self, annotations: list[Any], place: str) -> list[Any] | None:
        """The results of the annotation that was changed last, of the ground truth where one is
        marked so; None where there is none that was not cancelled."""
        listed = [one for one in annotations if _has_results(one)]
        whole = [one for one in listed if not one.get("was_cancelled")]
        damaged = len(annotations) - len(listed)
        if damaged:
            detail = f'{damaged} of its annotations have no list "result"'
            self.problems.add("damaged annotation", place, detail, "object left out")
        if not whole:
            return None
        return max(whole, key=_rank)["result"]

    def _size(self, results: list[Any], picture: Path, place: str) -> tuple[int, int]:
        """Width and height as the results state them, else as the picture has them."""
        for result in results:
            if isinstance(result, dict) and "original_width" in result:
                sides = (result.get("original_width"), result.get("original_height"))
                width, height = (
                    side(one, "original_width or original_height", place, self.problems)
                    for one in sides
                )
                if width and height:
                    return width, height
        return picture_size(AnnotatedImage(picture))

    def _label(self, results: Results) -> tuple[str | None, dict[str, str]]:
        """The class of the image, and its attributes."""
        label, attributes = None, dict(results.attributes)
        if self._control is None and results.choices:
            self._control = class_attribute(results.choices) or next(iter(results.choices))
        for name, texts in results.choices.items():
            if name == self._control and len(texts) == 1:
                label = texts[0]
            elif texts:
                attributes |= as_attributes(name, texts)
        return label, attributes


def _is_export(file: Path) -> bool:
    start = start_of(file)
    return bool(TASK.search(start) and OTHER_KEYS.search(start))


def _begins_unannotated(file: Path) -> bool:
    return bool(UNANNOTATED.search(start_of(file)))


def _has_results(annotation: Any) -> bool:
    return isinstance(annotation, dict) and isinstance(annotation.get("result"), list)


def _rank(annotation: Mapping[str, Any]) -> tuple[bool, str]:
    changed = annotation.get("updated_at") or annotation.get("created_at") or ""
    return bool(annotation.get("ground_truth")), str(changed)
