from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from triptych.faces.embeddings import Embeddings
from triptych.faces.exchange import numpy_files
from triptych.faces.exchange.numpy_files import open_npy, open_npz, read_names
from triptych.frame.errors import DataError

from .conftest import ENCODER


def npz(path: Path, vectors: np.ndarray, people: tuple[str, ...]) -> Path:
    photos = tuple(f"{number}.jpg" for number in range(len(vectors)))
    Embeddings(vectors, photos, people, ENCODER).save(path)
    return path


def test_encodings_are_read_piece_by_piece(
    tmp_path: Path, vectors: np.ndarray, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(numpy_files, "ROWS", 2)
    found = open_npz(npz(tmp_path / "a.npz", vectors, ("Ann", "Bob", "Zoë", "Zoë", "")), None)
    assert (found.encoder, found.size) == (ENCODER, 4)
    batches = [*found.batches()]
    assert [len(batch.people) for batch in batches] == [2, 2, 1]
    assert np.array_equal(np.concatenate([batch.vectors for batch in batches]), vectors)
    assert [p for batch in batches for p in batch.people] == ["Ann", "Bob", "Zoë", "Zoë", ""]
    assert batches[2].photos == ["4.jpg"]


def test_names_are_given_beside(tmp_path: Path, vectors: np.ndarray):
    names = tmp_path / "names.csv"
    names.write_text('photo,person\n1.jpg,"Lee, Ann"\n2.jpg,Bob\n3.jpg,Cid\n4.jpg,Dee\n5.jpg,Eve\n')
    people = ["Lee, Ann", "Bob", "Cid", "Dee", "Eve"]
    np.save(tmp_path / "a.npy", vectors.astype(np.float64))
    for found in (
        open_npy(tmp_path / "a.npy", names),
        open_npz(npz(tmp_path / "a.npz", vectors, ("",) * 5), names),
    ):
        (batch,) = found.batches()
        assert batch.people == people and np.allclose(batch.vectors, vectors)
    (tmp_path / "names.txt").write_text("Ann\nBob, Jr.\n")
    assert [*read_names(tmp_path / "names.txt", 2)] == ["Ann", "Bob, Jr."]


@pytest.mark.parametrize(
    "text, told", [("Ann\n", "has 1 names for 5"), ("a\n\nb", "line 2: expected")]
)
def test_names_that_do_not_fit_are_told(tmp_path: Path, vectors: np.ndarray, text: str, told: str):
    np.save(tmp_path / "a.npy", vectors)
    (tmp_path / "names.txt").write_text(text)
    with pytest.raises(DataError, match=told):
        [*open_npy(tmp_path / "a.npy", tmp_path / "names.txt").batches()]
    with pytest.raises(DataError, match="does not say whose"):
        open_npy(tmp_path / "a.npy", None)


@pytest.mark.parametrize(
    "array, told",
    [
        (np.array([["a", None]], object), "Python objects"),
        (np.zeros((2, 3), np.int64), "an array of int64"),
        (np.zeros(3), "shape"),
        (np.zeros((0, 3)), "shape"),
        (np.asfortranarray(np.ones((2, 3))), "Fortran"),
        (b"nothing of that kind", "magic"),
        (b"", "magic|EOF|Expected"),
    ],
)
def test_other_arrays_are_refused_in_a_line(tmp_path: Path, array: np.ndarray | bytes, told: str):
    path, names = tmp_path / "a.npy", tmp_path / "names.txt"
    names.write_text("a\nb\n")
    if isinstance(array, bytes):
        path.write_bytes(array)
    else:
        np.save(path, array, allow_pickle=True)
    with pytest.raises(DataError, match=told) as caught:
        open_npy(path, names)
    assert "\n" not in str(caught.value)


def test_a_header_that_promises_too_much_takes_no_memory(tmp_path: Path):
    packed = BytesIO()
    header = {"descr": "<f4", "fortran_order": False, "shape": (2**40, 128)}
    np.lib.format.write_array_header_1_0(packed, header)
    (tmp_path / "a.npy").write_bytes(packed.getvalue() + bytes(100))
    (tmp_path / "names.txt").write_text("a\n" * 9000)
    with pytest.raises(DataError, match="ends too early"):
        [*open_npy(tmp_path / "a.npy", tmp_path / "names.txt").batches()]


@pytest.mark.parametrize("cut", [0, 100, 400, -30])
def test_truncated_encodings_are_refused(tmp_path: Path, vectors: np.ndarray, cut: int):
    path = npz(tmp_path / "a.npz", vectors, ("Ann",) * 5)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(DataError, match="cannot be read"):
        [*open_npz(path, None).batches()]


def test_damaged_encodings_are_refused(tmp_path: Path, vectors: np.ndarray):
    path = npz(tmp_path / "a.npz", vectors, ("Ann",) * 5)
    content = bytearray(path.read_bytes())
    start = content.index(b"vectors.npy") + 60
    content[start : start + 20] = b"\xff" * 20
    path.write_bytes(content)
    with pytest.raises(DataError, match="cannot be read"):
        [*open_npz(path, None).batches()]
