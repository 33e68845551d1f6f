import pickle
import tracemalloc
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from triptych.faces.embeddings import Embeddings
from triptych.faces.exchange.export import export_gallery
from triptych.faces.exchange.load import ImportResult, import_vectors, open_vectors
from triptych.faces.gallery.gallery import Gallery
from triptych.frame.errors import ConfigError, DataError, EncoderMismatchError

from .conftest import ENCODER


def test_a_gallery_moves_with_all_that_is_known_of_its_faces(
    gallery: Gallery, empty: Gallery, tmp_path: Path, vectors: np.ndarray
):
    export_gallery(gallery, tmp_path / "out.parquet")
    moved = open_vectors(tmp_path / "out.parquet")
    assert import_vectors(moved, empty) == ImportResult(3, 3, 0, 0, 0)
    assert import_vectors(moved, empty) == ImportResult(3, 0, 3, 0, 0)
    assert import_vectors(moved, gallery) == ImportResult(3, 0, 3, 0, 0)
    ours, theirs = ([vars(p) | {"id": 0} for p in each.photos()] for each in (gallery, empty))
    assert ours == theirs
    assert [r.settings for r in empty.recipes()] == [{"aligned": True}]
    assert empty.identify(vectors[2:3], top=1)[0][0].person == "O'Neil; DROP"


def test_encodings_are_imported_and_done_twice_change_nothing(
    empty: Gallery, tmp_path: Path, vectors: np.ndarray
):
    people, photos = ("Ann", "Ann", "Bob", "Bob", "Cid"), ("a", "a", "b", "c", "d")
    Embeddings(vectors, photos, people, ENCODER).save(tmp_path / "a.npz")
    found = open_vectors(tmp_path / "a.npz")
    assert import_vectors(found, empty) == ImportResult(5, 5, 0, 0, 0)
    assert import_vectors(found, empty) == ImportResult(5, 0, 5, 0, 0)
    assert {p.name: p.photos for p in empty.people()} == {"Ann": 2, "Bob": 2, "Cid": 1}


def test_vectors_of_another_length_are_normalized_and_counted(
    empty: Gallery, tmp_path: Path, vectors: np.ndarray
):
    np.save(tmp_path / "a.npy", vectors * [[1], [2], [30], [1], [0.1]])
    (tmp_path / "names.txt").write_text("a\nb\nc\nd\ne\n")
    found = open_vectors(tmp_path / "a.npy", names=tmp_path / "names.txt")
    assert import_vectors(found, empty) == ImportResult(5, 5, 0, 0, 3)
    assert empty.identify(vectors[2:3], top=1)[0][0].person == "c"
    assert [photo.photo for photo in empty.photos()][:2] == ["a.npy:1", "a.npy:2"]


@pytest.mark.parametrize(
    "change, told",
    [
        ({"person": ["a", "b", ""]}, "row 3: no name"),
        ({"person": ["a", "b", "c\0d"]}, "Expected the name of a person"),
        ({"person": ["a", "b", "c" * 3000]}, "has 3000 bytes"),
        ({"vector": [[1.0, 0, 0, 0]] * 2 + [[np.nan, 0, 0, 0]]}, "row 3: .*not finite"),
        ({"vector": [[1.0, 0, 0, 0]] * 2 + [[0.0, 0, 0, 0]]}, "row 3: .*zeros"),
        ({"vector": [[1.0, 0, 0, None]] * 3}, "row 1: .*not finite"),
        ({"vector": [[1.0, 0, 0]] * 3}, "vectors of 3 numbers, 'colors-0123456789ab' makes 4"),
        ({"digest": ["a" * 64] * 3}, "are the same photo, and it shows one person"),
    ],
)
def test_all_or_nothing(empty: Gallery, tmp_path: Path, change: dict[str, list], told: str):
    columns = {"person": ["a", "b", "c"], "vector": np.eye(4)[:3].tolist(), **change}
    parquet.write_table(pa.table(columns), tmp_path / "a.parquet")
    with pytest.raises(DataError, match=told) as caught:
        import_vectors(open_vectors(tmp_path / "a.parquet"), empty)
    assert "\n" not in str(caught.value)
    assert len(empty) == 0 and empty.people() == []


def test_a_face_of_another_person_in_the_gallery_stops_the_import(
    gallery: Gallery, tmp_path: Path, vectors: np.ndarray
):
    columns = {"person": ["New", "Eve"], "digest": ["f" * 64, "a" * 64]}
    columns |= {"vector": vectors[3:].tolist(), "photo": ["n.jpg", "a.jpg"]}
    parquet.write_table(pa.table(columns), tmp_path / "a.parquet")
    with pytest.raises(DataError, match=r"a.jpg is Eve's, and Zoë's in the gallery. Nothing was"):
        import_vectors(open_vectors(tmp_path / "a.parquet"), gallery)
    assert len(gallery) == 3


def test_vectors_of_another_encoder_are_refused(
    empty: Gallery, tmp_path: Path, vectors: np.ndarray
):
    Embeddings(vectors, ("a",) * 5, ("Ann",) * 5, "other-0123456789ab").save(tmp_path / "a.npz")
    with pytest.raises(EncoderMismatchError, match="other-0123456789ab"):
        import_vectors(open_vectors(tmp_path / "a.npz"), empty)


class Trap:
    def __reduce__(self):
        return (pytest.fail, ("a pickle was read",))


@pytest.mark.parametrize("name", ["representations_vgg.pkl", "a.npy", "a.parquet", "a.bin"])
def test_a_pickle_is_never_read(tmp_path: Path, name: str):
    (tmp_path / name).write_bytes(pickle.dumps(Trap()))
    with pytest.raises(DataError, match=r"is a pickle, .*never read.*enroll its folder"):
        open_vectors(tmp_path / name, names=tmp_path / "names.txt")


def test_other_files_and_options_are_refused(tmp_path: Path):
    for name in ("a.txt", "a.parquet"):
        (tmp_path / name).write_text("x")
    with pytest.raises(DataError, match=r"Expected vectors in a file \.npz"):
        open_vectors(tmp_path / "a.txt")
    with pytest.raises(ConfigError, match="--names is for NumPy"):
        open_vectors(tmp_path / "a.parquet", names="names.txt")
    with pytest.raises(DataError, match="no such file"):
        open_vectors(tmp_path / "none.npz")


def test_more_rows_take_no_more_memory(tmp_path: Path):
    rows, size = 100_000, 128
    values = pa.array(np.random.default_rng(0).normal(size=rows * size).astype(np.float32))
    columns = {"person": pa.array(["a"] * rows)}
    columns["vector"] = pa.FixedSizeListArray.from_arrays(values, size)
    parquet.write_table(pa.table(columns), tmp_path / "a.parquet", row_group_size=10_000)
    del values, columns
    found = open_vectors(tmp_path / "a.parquet")
    tracemalloc.start()
    assert sum(len(batch.people) for batch in found.batches()) == rows
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40 << 20  # all of it is 100 MB as float64
