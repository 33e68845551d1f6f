"""A format whose images are made in the test, and a cache of the test's own."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from triptych.frame.progress import ProgressCallback, no_progress
from triptych.multitask.annotated.annotated_set import AnnotatedSet
from triptych.multitask.annotated.opening import open_annotated
from triptych.multitask.formats import FORMATS
from triptych.multitask.formats._format import Format, Vocabulary
from triptych.multitask.structures.annotated_image import AnnotatedImage

Opened = Callable[..., AnnotatedSet]


class Made(Format):
    """Images that a test hands over, of a folder with a file notes.made."""

    title = "images of a test"
    images: Sequence[AnnotatedImage] = ()
    names = Vocabulary()
    reads = 0

    @classmethod
    def recognizes(cls, path: Path) -> int:
        return 3 if path.is_dir() and (path / "notes.made").exists() else 0

    def read(self, progress: ProgressCallback = no_progress) -> Iterator[AnnotatedImage]:
        type(self).reads += 1
        yield from self.images
        if (self.path / "notes.made").read_text() == "faulty":
            self.problems.add("fault", "notes.made", "expected none", "object left out")

    def files(self) -> Iterator[Path]:
        yield self.path / "notes.made"

    @property
    def vocabulary(self) -> Vocabulary:
        return self.names


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the user's, and a cache beside it."""
    monkeypatch.setenv("TRIPTYCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setitem(FORMATS._registered, "made", Made)
    made = tmp_path / "mine"
    made.mkdir()
    (made / "notes.made").write_text("")
    return made


@pytest.fixture
def opened(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """Opens images as a set."""

    def open_images(
        images: Sequence[AnnotatedImage], names: Vocabulary | None = None
    ) -> AnnotatedSet:
        monkeypatch.setattr(Made, "images", images)
        monkeypatch.setattr(Made, "names", names or Vocabulary())
        return open_annotated(folder)

    return open_images
