from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from triptych.faces.exchange import tables
from triptych.faces.exchange.tables import open_csv, open_parquet
from triptych.frame.errors import DataError


def written(path: Path, **columns: Any) -> Path:
    parquet.write_table(pa.table(columns), path)
    return path


@pytest.mark.parametrize(
    "kind", [pa.list_(pa.float32()), pa.list_(pa.float64(), 4), pa.large_list(pa.float16())]
)
def test_tables_of_other_tools_are_read_by_their_columns(
    tmp_path: Path, vectors: np.ndarray, kind: pa.DataType, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(tables, "ROWS", 2)
    rows = [[np.float16(x) for x in row] for row in vectors]
    columns = {"who": pa.array(["Ann", "Bob"] * 2 + ["Zoë"]).dictionary_encode()}
    columns["embedding"] = pa.array(rows, kind)
    found = open_parquet(written(tmp_path / "a.parquet", **columns), "who", "embedding")
    assert (found.encoder, found.size) == ("", 4)
    batches = [*found.batches()]
    assert [len(batch.people) for batch in batches] == [2, 2, 1] and batches[2].people == ["Zoë"]
    assert np.allclose(np.concatenate([b.vectors for b in batches]), vectors, atol=1e-3)


def test_a_csv_is_read_however_its_numbers_are_written(tmp_path: Path, vectors: np.ndarray):
    lines = ["person,photo,vector"]
    for form, vector in zip(("[{}]", "{}", "({})", "[{}]", "{}"), vectors):
        separator = ", " if form.startswith("(") else " "
        lines.append(f'Ann,1.jpg,"{form.format(separator.join(map(str, vector.tolist())))}"')
    (tmp_path / "a.csv").write_text("\n".join(lines))
    (batch,) = open_csv(tmp_path / "a.csv", "person", "vector").batches()
    assert np.allclose(batch.vectors, vectors) and batch.photos == ["1.jpg"] * 5


@pytest.mark.parametrize(
    "vector, told",
    [
        (pa.array([[1.0, 0], [1.0]]), "row 2: expected 2 numbers, got 1"),
        (pa.array([[1.0, 0], None]), "row 2: expected 2 numbers"),
        (pa.array([[], [1.0]]), "row 1"),
        (pa.array([None, [1.0]], pa.list_(pa.float32())), "row 1"),
        (pa.array([1.0, 2.0]), "expected lists of floats"),
        (pa.array([["a"], ["b"]]), "expected lists of floats"),
        (pa.array([[1], [2]]), "expected lists of floats"),
    ],
)
def test_columns_that_are_no_vectors_are_refused(tmp_path: Path, vector: pa.Array, told: str):
    path = written(tmp_path / "a.parquet", person=["a", "b"], vector=vector)
    with pytest.raises(DataError, match=told):
        [*open_parquet(path, "person", "vector").batches()]


def test_columns_are_offered_where_they_have_other_names(tmp_path: Path):
    path = written(tmp_path / "a.parquet", who=["a"], vector=[[1.0]])
    with pytest.raises(DataError, match=r"no column 'person', but who, vector. .*--person-column"):
        open_parquet(path, "person", "vector")
    (tmp_path / "a.csv").write_text("who,v\na,1 2\n")
    with pytest.raises(DataError, match=r"no column 'vector', but who, v. .*--vector-column"):
        open_csv(tmp_path / "a.csv", "who", "vector")


@pytest.mark.parametrize(
    "columns, told",
    [
        ({"person": ["a", None]}, "row 2: a name is missing"),
        ({"person": ["a", "b"], "face": [0, -1]}, "numbers of faces"),
        ({"person": ["a", "b"], "quality": ["x", "y"]}, "expected fractions"),
    ],
)
def test_other_columns_are_checked_too(tmp_path: Path, columns: dict[str, Any], told: str):
    path = written(tmp_path / "a.parquet", vector=[[1.0], [1.0]], **columns)
    with pytest.raises(DataError, match=told):
        [*open_parquet(path, "person", "vector").batches()]


@pytest.mark.parametrize("cut", [0, 4, 100, -1])
def test_a_truncated_table_is_refused(tmp_path: Path, cut: int):
    path = written(tmp_path / "a.parquet", person=["a"], vector=[[1.0]])
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(DataError, match="cannot be read") as caught:
        open_parquet(path, "person", "vector")
    assert "\n" not in str(caught.value)


def test_a_column_whose_name_is_no_text_is_damage(tmp_path: Path):
    path = written(tmp_path / "a.parquet", person=["a"], vector=[[1.0]])
    path.write_bytes(path.read_bytes().replace(b"person", b"pers\xc4n"))
    with pytest.raises(DataError, match="cannot be read"):
        open_parquet(path, "person", "vector")


@pytest.mark.parametrize(
    "text, told",
    [
        ("person,vector\na,[0.1 x]\n", "line 2: expected numbers, got '.0.1 x.'"),
        ("person,vector\na,[0.1 ... 0.2]\n", "line 2: expected numbers"),
        ("person,vector\na,\n", "line 2: expected numbers"),
        ("person,vector\na,1 2\nb,1\n", "row 2: 1 numbers, and 2 in the first"),
        ("person,vector\n", "holds no row"),
        ("", "has no column 'person'"),
        ("person,vector\na,\xff\n", "cannot be read|expected numbers"),
    ],
)
def test_slips_in_a_csv_are_told_by_their_line(tmp_path: Path, text: str, told: str):
    (tmp_path / "a.csv").write_bytes(text.encode("latin-1"))
    with pytest.raises(DataError, match=told):
        [*open_csv(tmp_path / "a.csv", "person", "vector").batches()]
