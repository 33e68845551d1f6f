"""Folders of classes: labels, splits, and what is told instead of read."""

import itertools
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from triptych.frame.errors import DataError
from triptych.frame.progress import ProgressEvent
from triptych.multitask.formats import recognize
from triptych.multitask.formats.class_folders import ClassFolders
from triptych.multitask.structures.import_problems import ImportProblems


def reader(root: Path, *, strict: bool = False) -> ClassFolders:
    return ClassFolders(root, ImportProblems(strict=strict), root / "scratch")


def pictures(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (4, 3)).save(root / name)
    return root


def rows(root: Path) -> list[tuple[str, str | None, str | None]]:
    images = reader(root).read()
    return [(image.file.name, image.label, image.split) for image in images]


def test_the_folder_is_the_class(tmp_path: Path):
    pictures(tmp_path, "dog/b.jpg", "cat/a.png", "cat/.hidden.png")
    assert recognize(tmp_path) == "class-folders"
    assert rows(tmp_path) == [("a.png", "cat", None), ("b.jpg", "dog", None)]


def test_the_vocabulary_is_sorted_by_name_as_imagefolder_numbers_it(tmp_path: Path):
    format_ = reader(pictures(tmp_path, "b/1.png", "a/2.png", "B/3.png"))
    assert all(image.file.is_file() for image in format_.read())
    assert format_.vocabulary.classes == ("B", "a", "b")


@pytest.mark.parametrize(
    ("folder", "split"),
    [("Train", "train"), ("valid", "validation"), ("val", "validation"), ("testing", "test")],
)
def test_folders_of_splits_are_splits(tmp_path: Path, folder: str, split: str):
    pictures(tmp_path, f"{folder}/cat/a.png")
    assert rows(tmp_path) == [("a.png", "cat", split)]


def test_a_class_may_be_called_test_beside_others(tmp_path: Path):
    pictures(tmp_path, "test/a.png", "cat/b.png")
    assert rows(tmp_path) == [("b.png", "cat", None), ("a.png", "test", None)]


def test_nested_folders_are_one_class_each(tmp_path: Path):
    pictures(tmp_path, "Greek/character01/a.png", "Latin/character01/a.png", "Latin/b.png")
    labels = [label for _, label, _ in rows(tmp_path)]
    assert labels == ["Greek/character01", "Latin", "Latin/character01"]


def test_a_folder_around_all_is_passed_through(tmp_path: Path):
    pictures(tmp_path, "archive/pets/train/cat/a.png", "archive/pets/test/dog/b.png")
    assert rows(tmp_path) == [("b.png", "dog", "test"), ("a.png", "cat", "train")]


def test_a_single_class_is_a_class(tmp_path: Path):
    assert rows(pictures(tmp_path, "cat/a.png")) == [("a.png", "cat", None)]


def test_pictures_without_folder_are_unlabelled_and_told(tmp_path: Path):
    format_ = reader(pictures(tmp_path, "a.png", "b.png", "cat/c.png"))
    assert [image.label for image in format_.read()] == [None, None, "cat"]
    (problem,) = format_.problems.examples
    assert problem.detail == "2 of 3 pictures lie in no folder of a class"


def test_what_is_no_picture_is_told_and_the_rest_read(tmp_path: Path):
    pictures(tmp_path, "cat/a.png")
    (tmp_path / "cat" / "notes.txt").write_text("hello")
    (tmp_path / "dog").mkdir()
    (tmp_path / "cat" / "gone.jpg").symlink_to(tmp_path / "nowhere.jpg")
    format_ = reader(tmp_path)
    assert len([*format_.read()]) == 1
    assert {(p.kind, p.place, p.outcome) for p in format_.problems.examples} == {
        ("file that is no picture", "cat/notes.txt", "noticed"),
        ("file not readable", "cat/gone.jpg", "file left out"),
        ("empty folder", "dog", "noticed"),
    }
    with pytest.raises(DataError, match=r"cat/gone\.jpg"):
        list(reader(tmp_path, strict=True).read())


def test_a_name_that_is_no_text_is_told(tmp_path: Path):
    pictures(tmp_path, "cat/a.png", "cat/caf\udce9.png")
    format_ = reader(tmp_path)
    assert [image.file.name for image in format_.read()] == ["a.png"]
    assert format_.problems.examples[0].outcome == "image left out"
    assert "\\udce9" in format_.problems.examples[0].place


def test_links_never_lead_in_circles(tmp_path: Path):
    pictures(tmp_path / "set", "cat/a.png", "dog/b.png")
    (tmp_path / "set" / "cat" / "again").symlink_to(tmp_path / "set")
    assert [label for _, label, _ in rows(tmp_path / "set")] == ["cat", "dog"]
    assert len([*reader(tmp_path / "set").files()]) == 3


def test_a_folder_without_pictures_is_told(tmp_path: Path):
    (tmp_path / "a.txt").write_text("no picture")
    assert ClassFolders.recognizes(tmp_path) == 0
    with pytest.raises(DataError, match="no picture in"):
        list(reader(tmp_path).read())


def test_folders_are_told_to_watch(tmp_path: Path):
    pictures(tmp_path, "cat/a.png", "dog/x/b.png")
    watched = {path.relative_to(tmp_path).as_posix() for path in reader(tmp_path).files()}
    assert watched == {".", "cat", "dog", "dog/x"}


def test_progress_comes_to_its_end(tmp_path: Path):
    events: list[ProgressEvent] = []
    list(reader(pictures(tmp_path, "cat/a.png", "cat/b.png")).read(events.append))
    assert (events[-1].done, events[-1].total) == (2, 2)


@pytest.mark.real
def test_omniglot_has_136_characters(tmp_path: Path, data: Callable[[str], Path]):
    with zipfile.ZipFile(data("omniglot/images_background_small1.zip")) as packed:
        names = [name for name in packed.namelist() if name.endswith(".png")]
        for name in itertools.chain(names[::20], names[1::20]):
            packed.extract(name, tmp_path)
    images = [*reader(tmp_path).read()]
    labels = {image.label for image in images}
    assert len(labels) == 136
    assert "Balinese/character01" in labels
