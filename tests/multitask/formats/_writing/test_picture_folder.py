from pathlib import Path

import pytest
from PIL import Image

from triptych.frame.errors import DataError, WriteError
from triptych.multitask.formats._writing.picture_folder import (
    FileNames,
    atomic_folder,
    copy_picture,
    picture_size,
)
from triptych.multitask.structures.annotated_image import AnnotatedImage


def test_a_folder_is_there_whole_or_not_at_all(tmp_path: Path):
    with pytest.raises(ValueError, match="stopped"), atomic_folder(tmp_path / "out") as folder:
        (folder / "a").touch()
        raise ValueError("stopped")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "out").mkdir()
    with atomic_folder(tmp_path / "out") as folder:
        (folder / "a").touch()
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "a"]
    for taken in (tmp_path / "out", tmp_path / "out" / "a"):
        with pytest.raises(WriteError, match="Name a new folder"), atomic_folder(taken):
            raise AssertionError


def test_names_are_as_short_as_they_may_be():
    files = ["/x/a/1.png", "/x/b/1.png", "/y/b/1.png", "/y/b/1.png", "/y/b/1.PNG", "/y/b/1.jpg"]
    names = FileNames()
    assert [names.name(AnnotatedImage(Path(file))) for file in files] == [
        "1.png",
        "b/1.png",
        "y/b/1.png",
        "1-2.png",
        "1-3.PNG",
        "1.jpg",
    ]
    stems = FileNames(with_ending=False)
    assert [stems.name(AnnotatedImage(Path(file))) for file in files[-2:]] == ["1.PNG", "b/1.jpg"]
    inside = AnnotatedImage(Path("/x/set.tar"), size=10, name="../../up/2.png")
    assert stems.name(inside) == "2.png"


def test_an_image_in_a_larger_file_is_cut_out(tmp_path: Path):
    (tmp_path / "set.tar").write_bytes(b"before-picture-after")
    inside = AnnotatedImage(tmp_path / "set.tar", offset=7, size=7, name="a.png")
    copy_picture(inside, tmp_path / "deep" / "a.png")
    assert (tmp_path / "deep" / "a.png").read_bytes() == b"picture"
    with pytest.raises(DataError, match=r"gone\.png"):
        copy_picture(AnnotatedImage(tmp_path / "gone.png"), tmp_path / "b.png")


def test_the_size_is_that_of_the_upright_picture(tmp_path: Path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 30)).save(tmp_path / "a.jpg", exif=exif)
    assert picture_size(AnnotatedImage(tmp_path / "a.jpg")) == (30, 40)
    assert picture_size(AnnotatedImage(tmp_path / "a.jpg", 7, 8)) == (7, 8)
    (tmp_path / "b.png").write_bytes(b"none")
    with pytest.raises(DataError, match=r"b\.png"):
        picture_size(AnnotatedImage(tmp_path / "b.png"))
