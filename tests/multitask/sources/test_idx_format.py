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
        (idx(IMAGES, code=10), "got 00000a03"),
        (idx(IMAGES, code=13), r"promises 96 bytes \(2×3×4\), found 24"),
        (idx(np.zeros((2, 2, 2, 2, 2), np.uint8)), "got 00000805"),
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
    ("content", "values", "dtype"),
    [
        ("00000D01 00000002 3FC00000 00000000", [1.5, 0.0], np.float32),
        ("00000B01 00000001 FED4", [-300], np.int16),
        ("00000901 00000002 FF7F", [-1, 127], np.int8),
        ("00000C01 00000001 00010000", [65536], np.int32),
        ("00000E01 00000001 3FF8000000000000", [1.5], np.float64),
        ("00000C02 00000001 00000002 00000003 00000009", [[3, 9]], np.int32),
    ],
)
def test_every_type_is_read_in_the_order_of_this_machine(
    tmp_path: Path, content: str, values: list, dtype: type
) -> None:
    read = _idx_format.read_idx(put(tmp_path, bytes.fromhex(content)), "labels")
    assert read.tolist() == values and read.dtype == dtype


def test_color_images_have_four_axes(tmp_path: Path) -> None:
    color = np.arange(2 * 3 * 4 * 3, dtype=np.uint8).reshape(2, 3, 4, 3)
    assert np.array_equal(_idx_format.read_idx(put(tmp_path, idx(color)), "images"), color)
