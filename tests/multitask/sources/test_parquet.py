"""Parquet files with images, as Hugging Face's datasets write them."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from triptych.frame.errors import DataError, MissingDependencyError
from triptych.multitask.data.source import DataNotice
from triptych.multitask.sources import build_source, recognize

Draw = Callable[..., np.ndarray]


def png(image: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    return file.getvalue()


def rows(images: np.ndarray) -> list[dict[str, Any]]:
    return [{"bytes": png(image), "path": f"{n}.png"} for n, image in enumerate(images)]


def put(path: Path, images: list, labels: list, names: list[str] | None = None) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    path.parent.mkdir(parents=True, exist_ok=True)
    table = pyarrow.table({"image": images, "label": labels})
    if names:
        info = {"info": {"features": {"label": {"names": names, "_type": "ClassLabel"}}}}
        table = table.replace_schema_metadata({"huggingface": json.dumps(info)})
    parquet.write_table(table, path)


def test_hugging_face_s_mnist_is_read_from_its_folder_or_above(
    tmp_path: Path, digits: Draw
) -> None:
    train, test = digits(4), digits(3, seed=1)
    folder = tmp_path / "mnist"
    put(folder / "train-00000-of-00002.parquet", rows(train[:3]), [0, 1, 2])
    put(folder / "train-00001-of-00002.parquet", rows(train[3:]), [1])
    put(folder / "test-00000-of-00001.parquet", rows(test), [2, 0, 1])
    put(folder / "validation-00000-of-00001.parquet", rows(test[:1]), [2])
    for spec in (str(folder), str(tmp_path), f"parquet:{folder}"):
        source = build_source(spec)
        cutouts = source.cutouts("digits", "train")
        assert np.array_equal(cutouts.images[:, 0].numpy(), train)
        assert cutouts.labels.tolist() == [0, 1, 2, 1] and cutouts.names == ("0", "1", "2")
        assert np.array_equal(source.cutouts("digits", "test").images[:, 0].numpy(), test)
        assert source.cutouts("digits", "validation").labels.tolist() == [2]


def test_the_file_s_names_of_the_classes_are_used(tmp_path: Path, digits: Draw) -> None:
    put(tmp_path / "train.parquet", rows(digits(3)), [2, 1, 1], ["ant", "bee", "cat", "dog"])
    put(tmp_path / "test.parquet", rows(digits(1)), [3])
    cutouts = build_source(str(tmp_path)).cutouts("digits", "train")
    assert cutouts.names == ("ant", "bee", "cat", "dog") and cutouts.labels.tolist() == [2, 1, 1]


def test_one_file_is_split(tmp_path: Path, digits: Draw) -> None:
    put(tmp_path / "all.parquet", [png(image) for image in digits(14)], list("ab" * 7))
    assert recognize(tmp_path / "all.parquet") == "parquet"
    with pytest.warns(DataNotice, match="2 of its 14 images"):
        cutouts = build_source(str(tmp_path / "all.parquet")).cutouts("digits", "test")
    assert len(cutouts) == 2 and cutouts.names == ("a", "b")


def test_an_image_that_is_only_named_is_told(tmp_path: Path, digits: Draw) -> None:
    images = [*rows(digits(2)), {"bytes": None, "path": "/gone/a.png"}]
    put(tmp_path / "a.parquet", images, [0, 1, 1])
    with pytest.raises(DataError, match=r"image of row 2 in .* no pixels, only the path /gone/a"):
        build_source(str(tmp_path)).cutouts("digits", "train")


def test_other_rows_are_refused(tmp_path: Path, digits: Draw) -> None:
    two = rows(digits(2))
    for images, labels, words in [
        ([*two, rows(digits(1, 9))[0]], [0, 1, 1], "Expected images of 12×12 .*got 9×9 in row 2"),
        ([{"bytes": b"no image", "path": ""}], [0], "image of row 0 in"),
        (two, [0, None], "Expected a label in row 1"),
        (two, [-1, -1], "Expected labels from 0, got -1"),
        (two, [[0, 1], [1]], "Keep one label an image"),
    ]:
        put(tmp_path / "a.parquet", images, labels)
        with pytest.raises(DataError, match=words):
            build_source(str(tmp_path)).cutouts("digits", "train")


def test_other_columns_and_other_files_are_told(tmp_path: Path) -> None:
    pyarrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    parquet.write_table(pyarrow.table({"text": ["a"], "label": [0]}), tmp_path / "a.parquet")
    with pytest.raises(DataError, match=r"Expected a column 'image' .*got text, label"):
        build_source(str(tmp_path)).cutouts("digits", "train")
    for content in (b"", b"PAR1 no more", b"PAR1" + bytes(99) + b"PAR1"):
        (tmp_path / "a.parquet").write_bytes(content)
        with pytest.raises(DataError, match="no sound Parquet file") as told:
            build_source(str(tmp_path)).cutouts("digits", "train")
        assert "\n" not in str(told.value)


def test_without_pyarrow_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "train.parquet").write_bytes(b"PAR1")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'triptych\[parquet\]'"):
        build_source(str(tmp_path)).cutouts("digits", "train")


def test_a_column_whose_name_is_no_text_is_damage(tmp_path: Path, digits: Draw) -> None:
    for split in ("train", "test"):
        put(tmp_path / f"{split}.parquet", rows(digits(1)), [0])
    path = tmp_path / "train.parquet"
    path.write_bytes(path.read_bytes().replace(b"label", b"lab\xc4l"))
    with pytest.raises(DataError, match="no sound Parquet file"):
        build_source(str(tmp_path)).cutouts("digits", "train")
