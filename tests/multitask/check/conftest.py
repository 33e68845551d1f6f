"""Sets of annotated images, made from what a test says, without any files of annotations."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from triptych.frame.progress import ProgressCallback, no_progress
from triptych.multitask.annotated.annotated_set import AnnotatedSet
from triptych.multitask.annotated.table_writer import TableWriter
from triptych.multitask.check.checked_set import CheckedSet
from triptych.multitask.check.pictures.look import read_facts
from triptych.multitask.formats import FORMATS
from triptych.multitask.formats._format import Format, Vocabulary
from triptych.multitask.structures.annotated_image import AnnotatedImage
from triptych.multitask.structures.import_problems import ImportProblems

NO_NAMES = Vocabulary()
Make = Callable[..., AnnotatedSet]


@pytest.fixture
def paint(tmp_path: Path) -> Callable[..., Path]:
    """Writes a picture that looks like no other one of another seed."""

    def write(name: str, seed: int, width: int = 64, height: int = 48, **options: object) -> Path:
        coarse = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), np.uint8)
        path = tmp_path / "set" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC).save(
            path,
            **options,  # pyright: ignore[reportArgumentType]
        )
        return path

    return write


@pytest.fixture
def annotate(tmp_path: Path) -> Make:
    """Writes annotated images into a table, and opens it."""

    def write(
        images: Sequence[AnnotatedImage],
        vocabulary: Vocabulary = NO_NAMES,
        problems: ImportProblems | None = None,
    ) -> AnnotatedSet:
        (tmp_path / "set").mkdir(exist_ok=True)
        (tmp_path / "table").mkdir(exist_ok=True)
        writer = TableWriter(tmp_path / "set", problems or ImportProblems())
        facts = {"format": "made-up", "root": str(tmp_path / "set")}
        writer.write(tmp_path / "table" / "table.parquet", images, lambda: vocabulary, **facts)
        return AnnotatedSet(tmp_path / "table" / "table.parquet")

    return write


@pytest.fixture
def checked(annotate: Make) -> Callable[..., CheckedSet]:
    """Writes annotated images into a table, and gives all that checks look at."""

    def make(images: Sequence[AnnotatedImage], vocabulary: Vocabulary = NO_NAMES) -> CheckedSet:
        annotated = annotate(images, vocabulary)
        return CheckedSet.of(annotated, read_facts(annotated))

    return make


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> Callable[[Sequence[AnnotatedImage]], None]:
    """Makes a format "made-up" that gives the images of a test for any folder."""

    def register(images: Sequence[AnnotatedImage]) -> None:
        class MadeUp(Format):
            """Gives what the test says."""

            title = "made-up"

            @classmethod
            def recognizes(cls, path: Path) -> int:
                return 0

            def read(self, progress: ProgressCallback = no_progress) -> Iterator[AnnotatedImage]:
                self.problems.add("made up", "notes.txt, entry 3", "nothing is there", "mended")
                yield from images

            def files(self) -> Iterator[Path]:
                yield from ()

        monkeypatch.setitem(FORMATS._registered, "made-up", MadeUp)

    return register
