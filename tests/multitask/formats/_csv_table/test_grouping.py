"""Rows of one picture become one annotated image."""

from pathlib import Path

from PIL import Image

from triptych.multitask.formats._csv_table.columns import Columns
from triptych.multitask.formats._csv_table.grouping import RowReader
from triptych.multitask.formats._reading.listed_pictures import ListedPictures
from triptych.multitask.formats._reading.paths import PictureFinder
from triptych.multitask.structures.import_problems import ImportProblems


def test_attributes_belong_to_the_object_where_there_are_boxes(tmp_path: Path):
    Image.new("RGB", (20, 20)).save(tmp_path / "a.png")
    columns = Columns("file", attributes={"color": "hue"}, box=("box",))
    pictures, finder = ListedPictures(tmp_path, ImportProblems()), PictureFinder(tmp_path)
    reader = RowReader(tmp_path / "t.csv", columns, False, "test", finder, None, pictures)
    rows = [(2, {"file": "a", "hue": "red", "box": [1, 2, 3, 4]})]
    image = reader.annotate("a", rows)
    assert image is not None and image.objects is not None
    assert (image.attributes, image.split) == ({}, "test")
    assert image.objects[0].attributes == {"color": "red"}
