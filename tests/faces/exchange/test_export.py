import json
from pathlib import Path

import numpy as np
import pytest
from pyarrow import parquet

from triptych.faces.embeddings import Embeddings
from triptych.faces.exchange import export
from triptych.faces.exchange.export import export_gallery
from triptych.faces.gallery.gallery import Gallery
from triptych.frame.errors import MissingDependencyError, WriteError

from .conftest import ENCODER


def test_a_gallery_is_a_row_a_face_and_says_what_it_is_of(
    gallery: Gallery, tmp_path: Path, vectors: np.ndarray, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(export, "ROWS", 2)
    assert export_gallery(gallery, tmp_path / "out.parquet") == 3
    table = parquet.read_table(tmp_path / "out.parquet")
    assert str(table.schema.field("vector").type).startswith("fixed_size_list<element: float")
    assert table.column("person").to_pylist() == ["Zoë", "Zoë", "O'Neil; DROP"]
    assert table.column("photo").to_pylist() == ["a.jpg", "b, c.jpg", "d.jpg"]
    assert table.column("quality").to_pylist() == [0.5, None, 0.25]
    assert np.array_equal(np.stack(table.column("vector").to_numpy()), vectors[:3])
    about = json.loads(table.schema.metadata[b"triptych"])
    assert (about["encoder"], about["dim"]) == (ENCODER, 4)
    assert list(about["recipes"].values()) == [{"aligned": True}]


def test_a_tenant_sees_its_own_faces_only(gallery: Gallery, tmp_path: Path, vectors: np.ndarray):
    url = str(tmp_path / "people.db")
    with Gallery.open(url, tenant="acme") as other:
        other.enroll(
            Embeddings(vectors[3:], ("x", "y"), ("Eve", "Eve"), ENCODER), ["d" * 64, "e" * 64]
        )
        assert export_gallery(other, tmp_path / "acme.parquet") == 2
    assert set(parquet.read_table(tmp_path / "acme.parquet").column("person").to_pylist()) == {
        "Eve"
    }


def test_nothing_is_written_where_it_cannot_be(gallery: Gallery, empty: Gallery, tmp_path: Path):
    with pytest.raises(WriteError, match="there is no folder"):
        export_gallery(gallery, tmp_path / "none" / "out.parquet")
    assert export_gallery(empty, tmp_path / "empty.parquet") == 0
    assert parquet.read_table(tmp_path / "empty.parquet").num_rows == 0


def test_pyarrow_is_named_where_it_is_missing(
    gallery: Gallery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'triptych\[parquet\]'"):
        export_gallery(gallery, tmp_path / "out.parquet")
