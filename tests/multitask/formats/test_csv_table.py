"""Tables: columns by name or YAML, boxes and circles, joined rows, and what is told."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image
from pyarrow import parquet

from triptych.frame.errors import DataError
from triptych.frame.progress import ProgressEvent
from triptych.multitask.formats import recognize
from triptych.multitask.formats.csv_table import CsvTable
from triptych.multitask.structures.annotated_image import AnnotatedImage
from triptych.multitask.structures.annotations import BoundingBox, Circle
from triptych.multitask.structures.import_problems import ImportProblems


def reader(path: Path, *, strict: bool = False) -> CsvTable:
    return CsvTable(path, ImportProblems(strict=strict), path.parent / "scratch")


def table(folder: Path, text: str, yaml: str = "", name: str = "set.csv") -> Path:
    folder.mkdir(exist_ok=True)
    for picture in ("a.jpg", "b.jpg"):
        Image.new("RGB", (200, 100)).save(folder / picture)
    (folder / name).write_text(text)
    if yaml:
        (folder / name).with_suffix(".yaml").write_text(yaml)
    return folder / name


def read(path: Path) -> list[AnnotatedImage]:
    return [*reader(path).read()]


def shapes(image: AnnotatedImage) -> list:
    assert image.objects is not None
    return [(thing.label, thing.shape) for thing in image.objects]


def test_a_row_a_picture(tmp_path: Path):
    text = "filename;label;split;patient_id\na.jpg;cat;train;7\nb.jpg;;valid;8\n"
    path = table(tmp_path, text)
    assert recognize(path) == recognize(tmp_path) == "csv-table"
    first, second = read(path)
    assert (first.label, first.split, first.group) == ("cat", "train", "7")
    assert (second.label, second.split, second.objects) == (None, "validation", None)


def test_a_row_an_object_wherever_it_stands(tmp_path: Path):
    text = "filename,width,height,class,xmin,ymin,xmax,ymax\n"
    text += "a.jpg,200,100,cat,10,20,30,40\nb.jpg,200,100,,,,,\na.jpg,200,100,dog,50,60,250,70\n"
    format_ = reader(table(tmp_path, text))
    second, first = format_.read()
    assert second.objects == ()
    assert shapes(first) == [
        ("cat", BoundingBox(10, 20, 30, 40)),
        ("dog", BoundingBox(50, 60, 200, 70)),
    ]
    (problem,) = format_.problems.examples
    assert (problem.place, problem.outcome) == ("set.csv, row 4", "mended")


@pytest.mark.parametrize(
    ("box_format", "units", "cells"),
    [
        ("xyxy", "pixels", "50,10,90,50"),
        ("xywh", "pixels", "50,10,40,40"),
        ("cxcywh", "pixels", "70,30,40,40"),
        ("xyxy", "fractions", ".25,.1,.45,.5"),
        ("xywh", "fractions", ".25,.1,.2,.4"),
        ("cxcywh", "fractions", ".35,.3,.2,.4"),
    ],
)
def test_every_form_of_box(tmp_path: Path, box_format: str, units: str, cells: str):
    yaml = f"file: f\nbox: [p, q, r, s]\nbox_format: {box_format}\nunits: {units}\n"
    path = table(tmp_path, f"f,p,q,r,s\na.jpg,{cells}\n", yaml)
    assert CsvTable.recognizes(path) == 3
    ((_, box),) = shapes(read(path)[0])
    got = [box.left, box.top, box.right, box.bottom]
    assert got == pytest.approx([50, 10, 90, 50])


def test_a_box_in_one_cell(tmp_path: Path):
    text = 'image_id,bbox\na,"[10, 20, 30, 40]"\nb,\n'
    first, second = read(table(tmp_path, text, "file: image_id\nbox: bbox\nbox_format: xywh\n"))
    assert shapes(first) == [(None, BoundingBox(10, 20, 40, 60))]
    assert second.objects == ()


def test_a_circle_stays_a_circle(tmp_path: Path):
    (image,) = read(table(tmp_path, "path,x,y,radius\n.\\a.jpg,100,50,10.5\n"))
    assert shapes(image) == [(None, Circle(100, 50, 10.5))]


def test_fractions_are_told_from_pixels(tmp_path: Path):
    format_ = reader(table(tmp_path, "image,xmin,ymin,xmax,ymax\na.jpg,.25,.1,.5,1\n"))
    assert shapes(next(format_.read())) == [(None, BoundingBox(50, 10, 100, 100))]
    assert "fractions" in format_.problems.examples[0].detail


def test_automl_has_no_header(tmp_path: Path):
    text = "TRAIN,gs://bucket/a.jpg,cat,0.25,0.1,,,0.5,0.5,,\n"
    text += "TEST,gs://bucket/b.jpg,,,,,,,,,\nUNASSIGNED,gs://bucket/b.jpg,dog,0,0,,,1,1,,\n"
    path = table(tmp_path, text)
    assert recognize(path) == "csv-table"
    first, second = read(path)
    assert (first.split, shapes(first)) == ("train", [("cat", BoundingBox(50, 10, 100, 50))])
    assert (second.split, len(second.objects or ())) == ("test", 1)


def test_attributes_are_named_in_the_yaml(tmp_path: Path):
    yaml = "file: name\nlabel: kind\nattributes: {color: hue}\n"
    (image,) = read(table(tmp_path, "name,kind,hue,size\na.jpg,3,red,9\n", yaml))
    assert (image.label, image.attributes) == ("3", {"color": "red"})


def test_a_mask_is_named_in_a_column(tmp_path: Path):
    path = table(tmp_path, "image,mask\na.jpg,m.png\nb.jpg,small.png\n")
    values = np.zeros((100, 200), np.uint8)
    values[3:9, 4:20] = 255
    Image.fromarray(values).save(tmp_path / "m.png")
    Image.fromarray(values[:50]).save(tmp_path / "small.png")
    format_ = reader(path)
    first, second = format_.read()
    assert first.mask is not None and first.mask.classes[255] == "foreground"
    assert second.mask is None
    assert format_.problems.left_out()["object left out"] == 1


def test_parquet_is_read_as_csv_is(tmp_path: Path):
    path = table(tmp_path, "", name="set.parquet")
    columns = {"file": ["a.jpg", "b.jpg"], "label": [1.0, None], "bbox": [[1, 2, 3, 4], None]}
    parquet.write_table(pa.table(columns), path)
    assert recognize(path) == "csv-table"
    assert [image.label for image in read(path)] == ["1", None]
    path.with_suffix(".yaml").write_text("file: file\nbox: [bbox]\n")
    assert shapes(read(path)[0]) == [(None, BoundingBox(1, 2, 3, 4))]
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(DataError, match=r"set\.parquet"):
        read(path)


def test_files_of_splits_in_a_folder(tmp_path: Path):
    table(tmp_path, "file,label\na.jpg,cat\n", name="train.csv")
    table(tmp_path, "file,label\nb.jpg,cat\n", name="val.csv")
    table(tmp_path, "file,label\nb.jpg,dog\n", name="sample_submission.csv")
    assert [(image.file.name, image.split) for image in read(tmp_path)] == [
        ("a.jpg", "train"),
        ("b.jpg", "validation"),
    ]


def test_each_wrong_row_is_told_and_the_rest_read(tmp_path: Path):
    head = "file,label,x1,y1,x2,y2\n"
    rows = [
        "gone.jpg,cat,1,2,3,4",
        "../../etc/passwd.png,cat,1,2,3,4",
        "a.jpg,cat,nan,2,3,4",
        "a.jpg,cat,1e300,2,3,4",
        "a.jpg,cat,30,2,3,4",
        "a.jpg,cat,-9,-9,-1,-1",
        "a.jpg,cat,1,2",
        "a.jpg,cat,1,2,3,4",
    ]
    format_ = reader(table(tmp_path / "set", head + "\n".join(rows) + "\n"))
    (image,) = format_.read()
    assert shapes(image) == [("cat", BoundingBox(1, 2, 3, 4))]
    places = {problem.place for problem in format_.problems.examples}
    assert places == {f"set.csv, row {number}" for number in range(2, 9)}
    with pytest.raises(DataError, match="row"):
        list(reader(tmp_path / "set" / "set.csv", strict=True).read())


def test_a_table_that_ends_in_a_quote_is_read_up_to_there(tmp_path: Path):
    format_ = reader(table(tmp_path, 'file,label\na.jpg,cat\nb.jpg,"do'))
    assert [image.label for image in format_.read()] == ["cat"]
    assert format_.problems.left_out() == {"file left out": 1}


def test_the_same_picture_with_two_classes_is_told(tmp_path: Path):
    format_ = reader(table(tmp_path, "file,label\na.jpg,cat\na.jpg,dog\n"))
    assert [image.label for image in format_.read()] == ["cat"]
    assert format_.problems.examples[0].place == "set.csv, row 3"


@pytest.mark.parametrize(
    ("text", "yaml"),
    [
        ("name,label\na.jpg,cat\n", ""),
        ("file,label\na.jpg,cat\n", "file: gone"),
        ("file,label\na.jpg,cat\n", "label: label"),
        ("file,label\na.jpg,cat\n", "file: file\nfruit: label"),
        ("file,label\na.jpg,cat\n", "file: file\nbox: [label, file]"),
        ("file,label\na.jpg,cat\n", "file: file\nunits: miles"),
        ("", ""),
    ],
)
def test_a_table_whose_columns_are_unclear_is_refused_in_one_line(
    tmp_path: Path, text: str, yaml: str
):
    with pytest.raises(DataError) as error:
        read(table(tmp_path, text, yaml))
    assert "\n" not in str(error.value)


def test_tables_of_other_tools_are_left_to_them(tmp_path: Path):
    via = "filename,file_size,file_attributes,region_count,region_id,region_shape_attributes\n"
    assert CsvTable.recognizes(table(tmp_path, via)) == 0
    assert CsvTable.recognizes(table(tmp_path, "a,b\n1,2\n")) == 0
    assert CsvTable.recognizes(tmp_path / "a.jpg") == 0


def test_text_of_another_encoding_is_told(tmp_path: Path):
    path = table(tmp_path, "")
    path.write_bytes("file,label\na.jpg,café\nb.jpg,cat\n".encode("latin-1"))
    format_ = reader(path)
    assert [image.file.name for image in format_.read()] == ["b.jpg"]
    assert "UTF-8" in format_.problems.examples[0].detail


def test_tables_and_their_yaml_are_watched(tmp_path: Path):
    path = table(tmp_path, "file,label\na.jpg,cat\n", "file: file")
    assert {file.name for file in reader(path).files()} == {"set.csv", "set.yaml"}


def test_progress_comes_to_its_end(tmp_path: Path):
    events: list[ProgressEvent] = []
    list(reader(table(tmp_path, "file,label\na.jpg,cat\nb.jpg,cat\n")).read(events.append))
    assert (events[-1].done, events[-1].total) == (2, 2)
