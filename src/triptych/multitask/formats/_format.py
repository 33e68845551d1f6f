"""The contract of a format: how one annotation tool's files become annotated images."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from ...frame.errors import ConfigError
from ...frame.progress import ProgressCallback, no_progress
from ..structures.annotated_image import AnnotatedImage
from ..structures.import_problems import ImportProblems


@dataclass(frozen=True)
class Vocabulary:
    """The names that a set of annotated images uses, as far as its files state them.

    Parameters:
        classes: in their order; names that turn up beside them come behind.
        attributes: the values of each attribute, in their order, by its name.
        keypoints: the names of the keypoints of an object.
        keypoint_pairs: numbers of keypoints that change places when an image is flipped.
        skeleton: pairs of numbers of keypoints that are joined by a line.
    """

    classes: tuple[str, ...] = ()
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keypoints: tuple[str, ...] = ()
    keypoint_pairs: tuple[tuple[int, int], ...] = ()
    skeleton: tuple[tuple[int, int], ...] = ()


class Format(ABC):
    """Reads what one tool writes; some write it too.

    A reader is used once: `read` is iterated to its end, then `vocabulary` is asked for.
    """

    title: ClassVar[str]
    """What people call it: "COCO JSON"."""

    writes: ClassVar[bool] = False
    """Whether `write` is there."""

    @classmethod
    @abstractmethod
    def recognizes(cls, path: Path) -> int:
        """How surely a path is laid out as this format, by a look at names and first bytes; it
        takes milliseconds in a folder of a million files.

        Parameters:
            path: a file or a folder that exists.

        Returns 0 for no, 1 for what may be it by its names (pictures in folders), 2 for what is
        laid out so, 3 where a file says it is.
        """

    def __init__(self, path: Path, problems: ImportProblems, scratch: Path):
        """
        Parameters:
            path: the file or folder that the user named, absolute. Nothing outside of it (of its
                folder, where it is a file) is read.
            problems: told of all that is wrong.
            scratch: a folder that is kept beside the table, for what must be unpacked.
        """
        self.path, self.problems, self.scratch = path, problems, scratch
        self.root = path if path.is_dir() else path.parent

    @abstractmethod
    def read(self, progress: ProgressCallback = no_progress) -> Iterator[AnnotatedImage]:
        """The images one by one, in a stable order, in bounded memory.

        What is wrong with one entry is told to `problems`, and the others are read.

        Parameters:
            progress: told how far it is.

        Raises DataError where nothing can be read at all.
        """

    @abstractmethod
    def files(self) -> Iterator[Path]:
        """The files that say what is true, whose size and time of change tell whether the table is
        still right: annotations, and folders whose listing matters. It may be asked before `read`.
        """

    @property
    def vocabulary(self) -> Vocabulary:
        """The names that the files state; known when `read` has come to its end."""
        return Vocabulary()

    @classmethod
    def write(
        cls, images: Iterable[AnnotatedImage], vocabulary: Vocabulary, out: Path
    ) -> Sequence[str]:
        """Write annotated images as the tool reads them, whole or not at all.

        Parameters:
            images: with absolute files; those without width and height are opened for it.
            vocabulary: their names.
            out: the file or folder to write, which is new or empty.

        Returns a line for each kind of thing that the format cannot hold, with how many there were.
        Raises ConfigError for a format that is only read, WriteError.
        """
        raise ConfigError(
            f"{cls.title} is only read. Write COCO, YOLO, CVAT, LabelMe or Label Studio."
        )

    @classmethod
    def write_predictions(
        cls, images: Iterable[AnnotatedImage], vocabulary: Vocabulary, out: Path, model: str
    ) -> Sequence[str]:
        """Write what a model says of images, for people to correct it in the tool; as `write` does
        it, but where the tool keeps predictions apart from annotations.

        Parameters:
            images: with scores, the least sure first where somebody asked for it.
            vocabulary: their names.
            out: the file or folder to write, which is new or empty.
            model: what predicted them, by name.

        Returns and raises as `write` does.
        """
        return cls.write(images, vocabulary, out)
