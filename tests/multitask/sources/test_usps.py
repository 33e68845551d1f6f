"""USPS in the files it is published in."""

import bz2
import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from triptych.frame.errors import DataError
from triptych.multitask.data.source import DataNotice
from triptych.multitask.sources import build_source, recognize
from triptych.multitask.sources import usps as module

Draw = Callable[..., np.ndarray]


def libsvm(images: np.ndarray, labels: list[int]) -> bytes:
    rows = []
    for image, label in zip(images, labels):
        values = [f"{n}:{v / 127.5 - 1:.5f}" for n, v in enumerate(image.flat, 1)]
        rows.append(f"{label + 1} {' '.join(values)} \n")
    return bz2.compress("".join(rows).encode())


def plain(images: np.ndarray, labels: list[int]) -> bytes:
    rows = zip(images, labels)
    lines = [f"{n}.0000 {' '.join(f'{v / 127.5 - 1:.5f}' for v in x.flat)}\n" for x, n in rows]
    return gzip.compress("".join(lines).encode())


@pytest.mark.parametrize(
    ("names", "write"),
    [(("usps.bz2", "usps.t.bz2"), libsvm), (("zip.train.gz", "zip.test.gz"), plain)],
)
def test_both_text_forms_are_read(
    tmp_path: Path, digits: Draw, names: tuple[str, str], write: Callable
) -> None:
    train, test = digits(5, 16), digits(3, 16, seed=1)
    (tmp_path / names[0]).write_bytes(write(train, [0, 9, 4, 0, 1]))
    (tmp_path / names[1]).write_bytes(write(test, [9, 2, 0]))
    assert recognize(tmp_path) == "usps"
    source = build_source(str(tmp_path))
    assert np.array_equal(source.cutouts("digits", "train").images[:, 0].numpy(), train)
    assert source.cutouts("digits", "train").labels.tolist() == [0, 9, 4, 0, 1]
    assert np.array_equal(source.cutouts("digits", "test").images[:, 0].numpy(), test)
    assert source.cutouts("digits", "test").names == tuple("0123456789")


def test_a_file_alone_is_split(tmp_path: Path, digits: Draw) -> None:
    (tmp_path / "usps.bz2").write_bytes(libsvm(digits(7, 16), [0, 1, 2, 3, 4, 5, 6]))
    (tmp_path / "usps.t.bz2").write_bytes(b"")
    with pytest.warns(DataNotice, match="no test part"):
        assert len(build_source(f"{tmp_path}/usps.bz2").cutouts("digits", "train")) == 6


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "got an empty file"),
        (b"1 1:0.5 2:x\n", "values in line 1"),
        (b"1 0:0.5\n", "values in line 1"),
        (b"1 257:0.5\n", "values in line 1"),
        (b"1 2 3\n", "values in line 1"),
        (b"\n\nno", "values in line 1"),
    ],
)
def test_damaged_text_is_told(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "usps").write_bytes(content)
    with pytest.raises(DataError, match=words):
        build_source(str(tmp_path)).cutouts("digits", "train")


def test_what_does_not_unpack_or_is_too_much_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "usps.bz2").write_bytes(bz2.compress(b"0" * 9999)[:-9])
    with pytest.raises(DataError, match="does not unpack"):
        build_source(str(tmp_path)).cutouts("digits", "train")
    (tmp_path / "usps.bz2").write_bytes(bz2.compress(b"1\n" * 100_001))
    with pytest.raises(DataError, match="and 100000 lines of digits, got more"):
        build_source(str(tmp_path)).cutouts("digits", "train")
    monkeypatch.setattr(module, "MAX_BYTES", 100)
    (tmp_path / "usps.bz2").write_bytes(bz2.compress(b"0" * 9999))
    with pytest.raises(DataError, match="at most 100 bytes"):
        build_source(str(tmp_path)).cutouts("digits", "train")
