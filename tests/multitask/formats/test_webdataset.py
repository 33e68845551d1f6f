"""WebDataset: keys and fields, places in the tar, and what is told."""

import gzip
import io
import json
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from triptych.frame.errors import DataError
from triptych.multitask.formats import recognize
from triptych.multitask.formats.webdataset import Webdataset
from triptych.multitask.structures.annotated_image import AnnotatedImage
from triptych.multitask.structures.annotations import BoundingBox
from triptych.multitask.structures.import_problems import ImportProblems


def picture(value: int, size: tuple[int, int] = (40, 20)) -> bytes:
    buffer = io.BytesIO()
    Image.new("L", size, value).save(buffer, "png")
    return buffer.getvalue()


def png(values: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(values).save(buffer, "png")
    return buffer.getvalue()


def shard_of(path: Path, files: list[tuple[str, bytes]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w") as packed:
        for name, content in files:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            packed.addfile(entry, io.BytesIO(content))
    return path


def reader(path: Path, *, strict: bool = False) -> Webdataset:
    return Webdataset(path, ImportProblems(strict=strict), path.parent / "scratch")


def content(image: AnnotatedImage) -> bytes:
    with image.file.open("rb") as file:
        file.seek(image.offset)
        return file.read(image.size or 0)


def test_pictures_are_found_in_the_tar_at_their_place(tmp_path: Path):
    files = [("1.png", picture(7)), ("1.cls", b"3\n"), ("2.png", picture(9)), ("2.txt", b"a dog")]
    path = shard_of(tmp_path / "set" / "train-000.tar", files)
    assert recognize(path) == recognize(path.parent) == "webdataset"
    first, second = reader(path).read()
    assert [content(first), content(second)] == [files[0][1], files[2][1]]
    assert (first.label, second.label, first.split, first.name) == ("3", "a dog", "train", "1.png")


def test_a_list_of_names_says_what_numbers_mean(tmp_path: Path):
    shard_of(tmp_path / "val.tar", [("1.png", picture(7)), ("1.cls", b"1")])
    (tmp_path / "classnames.txt").write_text("cat\ndog\n")
    format_ = reader(tmp_path)
    (image,) = format_.read()
    assert (image.label, image.split) == ("dog", "validation")
    assert format_.vocabulary.classes == ("cat", "dog")


def test_the_key_ends_at_the_first_dot_of_the_file_name(tmp_path: Path):
    files = [("a.b/b.c.d.png", picture(7)), ("a.b/b.cls", b"x"), ("img_0.5.jpg", picture(1))]
    files += [("img_0.7.jpg", picture(2))]
    format_ = reader(shard_of(tmp_path / "a.tar", files))
    first, second = format_.read()
    assert (first.label, first.name, second.name) == ("x", "a.b/b.c.d.png", "img_0.5.jpg")
    (problem,) = format_.problems.examples
    assert problem.place == "a.tar, img_0.7.jpg" and problem.outcome == "image left out"


def test_every_change_of_key_begins_a_sample(tmp_path: Path):
    files = [("x.jpg", picture(1)), ("y.jpg", picture(2)), ("x.cls", b"cat")]
    format_ = reader(shard_of(tmp_path / "a.tar", files))
    assert [image.label for image in format_.read()] == [None, None]
    (problem,) = format_.problems.examples
    assert (problem.kind, problem.place) == ("half a sample", "a.tar, x")
    with pytest.raises(DataError, match=r"a\.tar, x"):
        list(reader(tmp_path / "a.tar", strict=True).read())


def test_json_holds_label_size_and_boxes(tmp_path: Path):
    facts = {
        "width": 40,
        "height": 20,
        "label": "street",
        "objects": [
            {"bbox": [1, 2, 10, 5], "category": "car"},
            {"bbox": [30, 2, 20, 5], "category_id": 7},
            {"bbox": [1, 2, float("nan"), 5], "category": "car"},
        ],
    }
    files = [("1.png", picture(1)), ("1.json", json.dumps(facts).encode())]
    format_ = reader(shard_of(tmp_path / "a.tar", files))
    (image,) = format_.read()
    assert (image.width, image.height, image.label) == (40, 20, "street")
    assert [(thing.label, thing.shape) for thing in image.objects or ()] == [
        ("car", BoundingBox(1, 2, 11, 7)),
        ("7", BoundingBox(30, 2, 40, 7)),
    ]
    (problem,) = format_.problems.examples
    assert problem.place == "a.tar, 1, object 2"


def test_masks_are_written_as_files(tmp_path: Path):
    values = np.zeros((20, 40), np.uint8)
    values[2:5, 3:9] = 255
    files = [("1.jpg", picture(1)), ("1.seg.png", png(values)), ("2.jpg", picture(2))]
    files += [("2.seg.png", b"no picture")]
    format_ = reader(shard_of(tmp_path / "a.tar", files))
    first, second = format_.read()
    assert first.mask is not None and first.mask.classes[255] == "foreground"
    assert (np.asarray(Image.open(first.mask.file)) == values).all()
    assert second.mask is None
    assert [p.place for p in format_.problems.examples][1:] == ["a.tar, 2.seg.png"]


def test_gzipped_shards_are_unpacked_once(tmp_path: Path):
    plain = shard_of(tmp_path / "a.tar", [("1.png", picture(5)), ("2.png", picture(6))])
    packed = tmp_path / "set" / "a.tar.gz"
    packed.parent.mkdir()
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert [content(image) for image in reader(packed).read()] == [picture(5), picture(6)]
    packed.write_bytes(packed.read_bytes()[:-20])
    format_ = reader(packed)
    list(format_.read())
    assert format_.problems.examples[0].kind == "damaged shard"


def test_a_shard_that_ends_early_is_read_up_to_there(tmp_path: Path):
    path = shard_of(tmp_path / "a.tar", [("1.png", picture(5)), ("2.png", picture(6) * 20)])
    path.write_bytes(path.read_bytes()[:2000])
    format_ = reader(path)
    assert [image.name for image in format_.read()] == ["1.png"]
    assert format_.problems.left_out() == {"file left out": 1}
    path.write_bytes(b"no tar at all" * 100)
    format_ = reader(path)
    assert list(format_.read()) == []
    assert format_.problems.examples[0].place.startswith("a.tar")


def test_links_and_damaged_json_are_told(tmp_path: Path):
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as packed:
        link = tarfile.TarInfo("0.png")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        packed.addfile(link)
        for name, data in (("1.png", picture(1)), ("1.json", b"[" * 50_000)):
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            packed.addfile(entry, io.BytesIO(data))
    format_ = reader(path)
    assert [image.name for image in format_.read()] == ["1.png"]
    assert {p.place for p in format_.problems.examples} == {"a.tar, 0.png", "a.tar, 1.json"}


def test_shards_of_splits_and_their_lists_are_watched(tmp_path: Path):
    shard_of(tmp_path / "train" / "000.tar", [("1.png", picture(1))])
    shard_of(tmp_path / "test" / "000.tar", [("1.png", picture(1))])
    (tmp_path / "classes.txt").write_text("cat")
    format_ = reader(tmp_path)
    assert [image.split for image in format_.read()] == ["train", "test"]
    assert {file.name for file in format_.files()} == {"000.tar", "classes.txt"}
    assert Webdataset.recognizes(tmp_path / "train") == 2
    assert Webdataset.recognizes(tmp_path / "classes.txt") == 0
