"""IDX files, sound and in every way damaged."""

import gzip
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from triptych.frame.errors import DataError
from triptych.multitask.sources import _idx_format

IMAGES = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)


def idx(values: np.ndarray, code: int = 8) -> bytes:
    head = struct.pack(f">4B{values.ndim}I", 0, 0, code, values.ndim, *values.shape)
    return head + values.tobytes()


def put(folder: Path, content: bytes, name: str = "file") -> Path:
    (folder / name).write_bytes(content)
    return folder / name


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("name", ["file", "file.gz"])
def test_what_is_written_is_read_packed_or_not(tmp_path: Path, pack, name: str) -> None:
    values = _idx_format.read_idx(put(tmp_path, pack(idx(IMAGES)), name), "images")
    assert np.array_equal(values, IMAGES)
    assert values.flags.writeable
    labels = _idx_format.read_idx(put(tmp_path, pack(idx(IMAGES[0, 0]))), "labels")
    assert labels.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "an empty file"),
        (b"\0\0", "got 0000"),
        (idx(IMAGES[0, 0]), r"IDX file of images \(first bytes 00000803\), got 00000801"),
        (idx(IMAGES, code=13), "got 00000d03"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "got 89504e47"),
        (idx(IMAGES)[:9], "ends within its header"),
        (idx(IMAGES)[:-1], r"promises 24 bytes \(2×3×4\), found 23"),
        (idx(IMAGES) + b"\0", "promises 24 bytes .*found more"),
        (idx(IMAGES[:0]), "got 0×3×4 in the header"),
        (idx(IMAGES[:, :0]), "got 2×0×4 in the header"),
    ],
)
def test_faults_are_told_in_one_line(tmp_path: Path, pack, content: bytes, words: str) -> None:
    path = put(tmp_path, pack(content))
    with pytest.raises(DataError, match=words) as told:
        _idx_format.read_idx(path, "images")
    assert str(path) in str(told.value) and "\n" not in str(told.value)


def test_what_does_not_unpack_is_told(tmp_path: Path) -> None:
    packed = gzip.compress(idx(np.random.default_rng(0).integers(0, 9, (9, 9, 9), np.uint8)))
    for damaged in (packed[:-12], packed[:-8] + b"\0" * 8, packed[:99] + bytes(99) + packed[198:]):
        with pytest.raises(DataError, match="does not unpack"):
            _idx_format.read_idx(put(tmp_path, damaged), "images")


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_header_that_promises_too_much_takes_no_memory(tmp_path: Path, pack) -> None:
    for shape in ((2**20, 40, 40), (2**31, 2**31, 2**31)):
        path = put(tmp_path, pack(struct.pack(">4B3I", 0, 0, 8, 3, *shape)))
        tracemalloc.start()
        with pytest.raises(DataError):
            _idx_format.read_idx(path, "images")
        assert tracemalloc.get_traced_memory()[1] < 2**20
        tracemalloc.stop()


def test_a_file_that_unpacks_to_more_than_it_promises_takes_no_memory(tmp_path: Path) -> None:
    path = put(tmp_path, gzip.compress(idx(IMAGES) + bytes(2**25)))
    tracemalloc.start()
    with pytest.raises(DataError, match="found more"):
        _idx_format.read_idx(path, "images")
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()


def test_each_image_needs_its_label(tmp_path: Path) -> None:
    images = put(tmp_path, idx(IMAGES), "images")
    labels = put(tmp_path, idx(IMAGES[0, 0]), "labels")
    with pytest.raises(DataError, match=r"each of the 2 images .*got 4 in"):
        _idx_format.read_images_and_labels(images, labels)


@pytest.mark.parametrize(
    "name",
    ["t10k-labels-idx1-ubyte", "t10k-labels.idx1-ubyte", "test-labels-idx1-ubyte.gz"],
)
def test_the_usual_names_are_found(tmp_path: Path, name: str) -> None:
    assert (
        _idx_format.find_idx_file(put(tmp_path, b"", name).parent, "test", "labels")
        == tmp_path / name
    )


def test_a_missing_file_and_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="Expected t10k-images-idx3-ubyte"):
        _idx_format.find_idx_file(tmp_path, "test", "images")
    with pytest.raises(DataError, match="Expected a folder of IDX files, found none at"):
        _idx_format.find_idx_file(tmp_path / "none", "test", "images")
