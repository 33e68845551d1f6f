"""YOLO: a text file of fractions for each picture, and data.yaml for the names."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from ...frame.errors import DataError
from ...frame.progress import ProgressCallback, ProgressEvent, no_progress
from ..structures.annotated_image import AnnotatedImage
from ..structures.import_problems import ImportProblems
from ._format import Format, Vocabulary
from ._reading.documents import MAX_WHOLE
from ._reading.folders import some_files, start_of
from ._reading.headers import picture_size
from ._yolo.layout import YoloLayout
from ._yolo.rows import RowReader
from ._yolo.settings import is_data_yaml, read_settings, settings_file
from ._yolo.writing import write_yolo

TOLD_EVERY = 1000  # images
LOOKED_AT = 5  # files of rows


class Yolo(Format):
    """Reads and writes what Ultralytics, Darknet and labelImg keep for YOLO."""

    title = "YOLO"
    writes = True

    @classmethod
    def recognizes(cls, path: Path) -> int:
        """3 for a data.yaml with names, 2 for text files of rows of numbers, with a list of names
        or in folders of labels.

        Parameters:
            path: of a file or a folder.
        """
        if path.is_file():
            return 3 if path.suffix.lower() in (".yaml", ".yml") and is_data_yaml(path) else 0
        file = settings_file(path)
        if file is not None and file.suffix != ".txt" and file.suffix != ".names":
            return 3
        texts = (path / name for name in some_files(path) if name.endswith(".txt"))
        texts = (text for text in texts if file is not None or "labels" in text.parts)
        return 2 if any(_has_rows(text) for text in islice(texts, LOOKED_AT)) else 0

    def read(self, progress: ProgressCallback = no_progress) -> Iterator[AnnotatedImage]:
        """The pictures of each split in the order of their names.

        Parameters:
            progress: told how far it is.

        Raises DataError for a data.yaml that is damaged, where there is no picture, and for rows
        that may hold keypoints where kpt_shape is missing.
        """
        self._settings = read_settings(self.path, self.problems)
        if not self._settings.classes:
            detail = "there is no data.yaml and no classes.txt: classes are called by their numbers"
            self.problems.add("no names", self.root.name, detail, "noticed")
        layout = YoloLayout(self.root, self._settings, self.problems)
        reader, number = RowReader(self._settings, self.problems), 0
        pictures = list(layout.pictures())
        for number, (picture, split) in enumerate(pictures, 1):
            if number % TOLD_EVERY == 0 or number == len(pictures):
                progress(ProgressEvent("reading YOLO", number, len(pictures)))
            labels = layout.label_file(picture)
            if labels is None:
                yield AnnotatedImage(picture, split=split)
            else:
                image = self._labelled(picture, labels, reader, split)
                if image is not None:
                    yield image
        if not number:
            raise DataError(f"There is no picture of the YOLO set in {self.root}. Check the path.")

    def files(self) -> Iterator[Path]:
        """data.yaml, all folders, and the text files of rows and of lists in them."""
        file = settings_file(self.path)
        if file is not None:
            yield file
        settings = read_settings(self.path, ImportProblems())
        layout = YoloLayout(self.root, settings, ImportProblems())
        for folder in layout.folders():
            yield folder
            yield from layout.text_files(folder)

    @property
    def vocabulary(self) -> Vocabulary:
        """Classes by number; keypoints, and which change places (flip_idx)."""
        return self._settings.vocabulary

    @classmethod
    def write(
        cls, images: Iterable[AnnotatedImage], vocabulary: Vocabulary, out: Path
    ) -> Sequence[str]:
        """Write a folder of `images/`, `labels/` and data.yaml; pictures are copied.

        Parameters:
            images: with absolute files; iterated twice, so a list or a set, no generator.
            vocabulary: their names.
            out: a folder that is new or empty.

        Returns a line for each kind of thing that YOLO cannot hold. Raises WriteError.
        """
        return write_yolo(images, vocabulary, out)

    def _labelled(
        self, picture: Path, labels: Path, reader: RowReader, split: str | None
    ) -> AnnotatedImage | None:
        place = str(labels.relative_to(self.root))
        with labels.open("rb") as file:
            text = file.read(MAX_WHOLE).decode("utf-8-sig", errors="replace")
        if not text.strip():
            return AnnotatedImage(picture, split=split, objects=())
        size = picture_size(picture)
        if size is None:
            detail = f"the picture {picture.name} cannot be read, which fractions are of"
            self.problems.add("damaged picture", place, detail, "image left out")
            return None
        objects = reader.read(text, size, place)
        return AnnotatedImage(picture, *size, split=split, objects=objects)


def _has_rows(file: Path) -> bool:
    """Whether the first row is a whole number and four or more others."""
    row = start_of(file, 4096).split(b"\n")[0].split()
    try:
        numbers = [float(word) for word in row]
    except ValueError:
        return False
    return len(numbers) >= 5 and numbers[0] == int(numbers[0]) and max(numbers[1:]) <= 2
