"""Hugging Face Parquet: pictures by their bytes, names of classes, boxes, and what is told."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image
from pyarrow import parquet

from triptych.frame.errors import DataError
from triptych.multitask.formats import recognize
from triptych.multitask.formats.huggingface import Huggingface
from triptych.multitask.structures.annotated_image import AnnotatedImage
from triptych.multitask.structures.annotations import BoundingBox
from triptych.multitask.structures.import_problems import ImportProblems

IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
CLASS = {"_type": "ClassLabel"}


def png(values: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(values).save(buffer, "png")
    return buffer.getvalue()


def picture(value: int) -> dict[str, Any]:
    return {"bytes": png(np.full((20, 40), value, np.uint8)), "path": f"{value}.png"}


def write(
    path: Path, columns: dict[str, list], features: dict[str, Any] | None = None, **types: Any
) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = {
        name: pa.array(values, types.get(name, IMAGE if name == "image" else None))
        for name, values in columns.items()
    }
    table = pa.table(arrays)
    if features:
        notes = json.dumps({"info": {"features": features}})
        table = table.replace_schema_metadata({"huggingface": notes})
    parquet.write_table(table, path)
    return path


def reader(path: Path, *, strict: bool = False) -> Huggingface:
    return Huggingface(path, ImportProblems(strict=strict), path.parent / "scratch")


def content(image: AnnotatedImage) -> bytes:
    with image.file.open("rb") as file:
        file.seek(image.offset)
        return file.read(image.size or 0)


def test_pictures_are_read_at_random_with_their_classes(tmp_path: Path):
    features = {"label": {"names": ["cat", "dog"], **CLASS}, "image": {"_type": "Image"}}
    rows = {"image": [picture(1), picture(2), picture(3)], "label": [1, 0, -1]}
    write(tmp_path / "set/data/train-00000-of-00001.parquet", rows, features)
    write(tmp_path / "set/data/test-00000-of-00001.parquet", {"image": [picture(4)], "label": [1]})
    assert recognize(tmp_path / "set") == "huggingface"
    format_ = reader(tmp_path / "set")
    images = [*format_.read()]
    assert [content(image) for image in images] == [picture(n)["bytes"] for n in (4, 1, 2, 3)]
    assert [image.label for image in images][1:] == ["dog", "cat", None]
    assert [image.split for image in images] == ["test", "train", "train", "train"]
    assert images[1].name == "1.png"
    assert format_.vocabulary.classes == ("cat", "dog")


def test_objects_are_boxes_of_left_top_width_height(tmp_path: Path):
    features = {
        "objects": {"feature": {"category": {"names": ["coverall", "mask"], **CLASS}}},
    }
    boxes = [{"bbox": [1.0, 2, 10, 5], "category": 1}, {"bbox": [30.0, 2, 20, 5], "category": 0}]
    of_lists = {"bbox": [[1.0, 2, 10, 5], [30.0, 2, 20, 5]], "category": [1, 0]}
    for stored in (boxes, of_lists):
        rows = {"image": [picture(1)], "width": [40], "height": [20], "objects": [stored]}
        format_ = reader(write(tmp_path / "a.parquet", rows, features))
        (image,) = format_.read()
        assert (image.width, image.height) == (40, 20)
        assert [(thing.label, thing.shape) for thing in image.objects or ()] == [
            ("mask", BoundingBox(1, 2, 11, 7)),
            ("coverall", BoundingBox(30, 2, 40, 7)),
        ]
        assert format_.vocabulary.classes == ("coverall", "mask")


def test_a_picture_without_bytes_is_told_by_its_row(tmp_path: Path):
    gone = {"bytes": None, "path": "/gone/a.png"}
    path = write(tmp_path / "a.parquet", {"image": [gone, picture(2), None]})
    format_ = reader(path)
    assert [content(image) for image in format_.read()] == [picture(2)["bytes"]]
    assert [(p.place, p.outcome) for p in format_.problems.examples] == [
        ("a.parquet, row 0", "image left out"),
        ("a.parquet, row 2", "image left out"),
    ]
    assert "/gone/a.png" in format_.problems.examples[0].detail
    with pytest.raises(DataError, match="row 0"):
        list(reader(path, strict=True).read())


def test_other_columns_of_classes_are_attributes(tmp_path: Path):
    features = {
        "fine_label": {"names": ["apple", "bee"], **CLASS},
        "coarse_label": {"names": ["fruit", "insect"], **CLASS},
    }
    rows = {"img": [picture(1)], "fine_label": [1], "coarse_label": [1]}
    format_ = reader(write(tmp_path / "a.parquet", rows, features, img=IMAGE))
    (image,) = format_.read()
    assert (image.label, image.attributes) == ("bee", {"coarse_label": "insect"})
    assert format_.vocabulary.classes == ("apple", "bee")
    assert format_.vocabulary.attributes == {"coarse_label": ("fruit", "insect")}


def test_a_second_picture_is_a_mask(tmp_path: Path):
    values = np.zeros((20, 40), np.uint8)
    values[3:9, 3:9] = 1
    rows = {"image": [picture(1)], "annotation": [{"bytes": png(values), "path": None}]}
    (image,) = reader(write(tmp_path / "a.parquet", rows, annotation=IMAGE)).read()
    assert image.mask is not None
    assert (np.asarray(Image.open(image.mask.file)) == values).all()


def test_plain_bytes_are_pictures_too(tmp_path: Path):
    rows = {"image": [picture(1)["bytes"]], "label": ["cat"]}
    path = write(tmp_path / "a.parquet", rows, image=pa.binary())
    assert recognize(path) == "huggingface"
    assert [image.label for image in reader(path).read()] == ["cat"]


def test_a_table_of_file_names_is_another_format(tmp_path: Path):
    path = write(tmp_path / "a.parquet", {"file": ["a.png"], "label": ["cat"]})
    assert Huggingface.recognizes(path) == 0
    assert recognize(path) == "csv-table"


def test_a_damaged_file_is_told_and_the_others_read(tmp_path: Path):
    good = write(tmp_path / "set/a.parquet", {"image": [picture(1)]})
    (tmp_path / "set/b.parquet").write_bytes(good.read_bytes()[:-50])
    write(tmp_path / "set/c.parquet", {"number": [1]})
    format_ = reader(tmp_path / "set")
    assert len([*format_.read()]) == 1
    assert [p.place for p in format_.problems.examples] == ["b.parquet", "c.parquet"]
    with pytest.raises(DataError, match="no Parquet file"):
        list(reader(tmp_path / "set/b.parquet").read())
    assert [file.name for file in format_.files()] == ["a.parquet", "b.parquet", "c.parquet"]


def test_a_column_whose_name_is_no_text_is_damage(tmp_path: Path):
    write(tmp_path / "set/a.parquet", {"image": [picture(1)]})
    path = write(tmp_path / "set/b.parquet", {"image": [picture(1)], "label": [0]})
    path.write_bytes(path.read_bytes().replace(b"label", b"lab\xc4l"))
    format_ = reader(tmp_path / "set")
    assert len([*format_.read()]) == 1
    assert [p.place for p in format_.problems.examples] == ["b.parquet"]
