import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.multitask.formats._compare import only_problem, picture, read, sides

from triptych.frame.errors import DataError
from triptych.multitask.formats import recognize
from triptych.multitask.formats.via import VIA
from triptych.multitask.structures.annotated_image import AnnotatedObject
from triptych.multitask.structures.annotations import BoundingBox, Circle
from triptych.multitask.structures.shapes import Ellipse

CIRCLE = {"name": "circle", "cx": 20, "cy": 15, "r": 10}
COLUMNS = (
    "filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,"
    "region_attributes"
)


def region(shape: Any, **attributes: Any) -> dict[str, Any]:
    return {"shape_attributes": shape, "region_attributes": attributes}


def entry(*regions: Any, filename: Any = "a.png", **attributes: Any) -> dict[str, Any]:
    return {
        "filename": filename,
        "size": 1234,
        "regions": list(regions),
        "file_attributes": attributes,
    }


def write(tmp_path: Path, value: Any) -> Path:
    picture(tmp_path / "set" / "a.png")
    (tmp_path / "set" / "via.json").write_text(json.dumps(value))
    return tmp_path / "set"


def objects(tmp_path: Path, *regions: Any) -> tuple[AnnotatedObject, ...]:
    (image,), problems, _ = read("via", write(tmp_path, {"a.png1234": entry(*regions)}))
    assert not problems.examples
    assert image.objects is not None
    return image.objects


@pytest.mark.parametrize(
    ("theta", "expected"),
    [({"theta": 1.5708}, [15, 10, 25, 30]), ({}, [10, 15, 30, 25])],
)
def test_an_ellipse_turns_by_radians(tmp_path: Path, theta: dict, expected: list[float]):
    drawn = {"name": "ellipse", "cx": 20, "cy": 20, "rx": 10, "ry": 5} | theta
    (thing,) = objects(tmp_path, region(drawn))
    assert isinstance(thing.shape, Ellipse)
    np.testing.assert_allclose(sides(thing), expected, atol=1e-3)


def test_shapes(tmp_path: Path):
    things = objects(
        tmp_path,
        region(CIRCLE),
        region({"name": "rect", "x": 1, "y": 2, "width": 10, "height": 5}),
        region({"name": "polygon", "all_points_x": [1, 9, 9], "all_points_y": [1, 1, 7.5]}),
        region({"name": "point", "cx": 3, "cy": 4}, label="tip"),
    )
    assert things[0].shape == Circle(20, 15, 10)
    assert things[1].shape == BoundingBox(1, 2, 11, 7)
    assert sides(things[2]) == [1, 1, 9, 7.5]
    assert things[3].keypoints is not None
    assert (things[3].label, things[3].keypoints.tolist()) == ("tip", [[3, 4, 2]])


def test_the_class_is_the_attribute_named_so_or_the_only_one(tmp_path: Path):
    named, only, none = objects(
        tmp_path,
        region(CIRCLE, Type="coin", year=1985, shiny=""),
        region(CIRCLE, currency="euro"),
        region(CIRCLE, hue="red", year="1985"),
    )
    assert (named.label, named.attributes) == ("coin", {"year": "1985"})
    assert (only.label, only.attributes) == ("euro", {})
    assert (none.label, none.attributes) == (None, {"hue": "red", "year": "1985"})


def test_checkboxes_are_attributes_of_their_own(tmp_path: Path):
    regions = [
        region(CIRCLE, type={"coin": True}, state={"worn": True}),
        region(CIRCLE, type="coin", state={}),
    ]
    project = {
        "_via_settings": {"project": {"name": "x"}},
        "_via_img_metadata": {"a.png": entry(*regions, quality="good", lens={"wide": True})},
        "_via_attributes": {
            "region": {
                "type": {"type": "radio", "options": {"coin": "A coin"}},
                "state": {"type": "checkbox", "options": {"worn": "", "bent": ""}},
            },
            "file": {},
        },
    }
    path = write(tmp_path, project)
    (image,), problems, vocabulary = read("via", path)
    assert not problems.examples
    assert image.objects is not None
    assert [thing.label for thing in image.objects] == ["coin", "coin"]
    assert [thing.attributes for thing in image.objects] == [
        {"state/worn": "true", "state/bent": "false"},
        {"state/worn": "false", "state/bent": "false"},
    ]
    assert (image.label, image.attributes) == (None, {"quality": "good", "lens/wide": "true"})
    assert vocabulary.classes == ("coin",)


def test_what_via_asks_of_each_file_is_no_class(tmp_path: Path):
    files = {"caption": "", "public_domain": "no", "image_url": ""}
    (image,), _, _ = read("via", write(tmp_path, {"a.png1": entry(**files)}))
    assert (image.label, image.attributes, image.objects) == (None, {}, ())
    (image,), _, _ = read("via", write(tmp_path, {"a.png1": entry(**files, label="cat")}))
    assert image.label == "cat"


def test_csv_says_the_same(tmp_path: Path):
    picture(tmp_path / "set" / "a.png")
    picture(tmp_path / "set" / "b, 1.png")
    with (tmp_path / "set" / "via.csv").open("w", newline="") as file:
        file.write(COLUMNS + "\n")
        rows = csv.writer(file, quoting=csv.QUOTE_ALL)
        for index in range(2):
            shape = json.dumps(CIRCLE | {"r": index + 5})
            rows.writerow(["a.png", 1234, '{"label":"sharp"}', 2, index, shape, '{"type":"coin"}'])
        rows.writerow(["b, 1.png", 99, "{}", 0, 0, "{}", "{}"])
    path = tmp_path / "set"
    assert recognize(path) == "via"
    (first, second), problems, vocabulary = read("via", path)
    assert not problems.examples
    assert first.objects is not None
    assert [thing.shape for thing in first.objects] == [Circle(20, 15, 5), Circle(20, 15, 6)]
    assert (first.label, second.objects) == ("sharp", ())
    assert vocabulary.classes == ("coin", "sharp")


def test_a_file_alone_and_its_folder_are_recognized(tmp_path: Path):
    path = write(tmp_path, {"a.png1234": entry(region(CIRCLE))})
    assert recognize(path) == "via"
    assert recognize(path / "via.json") == "via"
    (path / "via.json").write_text('{"images": [], "annotations": []}')
    assert VIA.recognizes(path) == 0
    with pytest.raises(DataError, match="no file of VIA"):
        read("via", path)


BAD = [
    (CIRCLE | {"r": 0}, "shape of no area", "radius above 0"),
    (CIRCLE | {"r": -4}, "shape of no area", "-4"),
    (CIRCLE | {"cx": None}, "no numbers", "None"),
    (CIRCLE | {"cx": float("nan")}, "no numbers", "None"),
    (CIRCLE | {"cx": 1e300}, "no numbers", "1e+300"),
    ({"name": "rect", "x": 1, "y": 2, "width": 0, "height": 5}, "shape of no area", "0 × 5"),
    ({"name": "polygon", "all_points_x": [1, 2, 3], "all_points_y": [1, 2]}, "no numbers", "3"),
    ({"name": "polygon", "all_points_x": [1, 2]}, "no numbers", "all_points_y"),
    ({"name": "polyline", "all_points_x": [1]}, "shape without area", "polyline"),
    ({"name": "blob"}, "unknown shape", "'blob'"),
    ({}, "unknown shape", "None"),
    ("text", "no shape", "'text'"),
]


@pytest.mark.parametrize(("shape", "kind", "told"), BAD)
def test_a_bad_region_is_told_and_the_others_are_read(
    tmp_path: Path, shape: Any, kind: str, told: str
):
    path = write(tmp_path, {"a.png1234": entry(region(CIRCLE), region(shape))})
    line = only_problem("via", path, kind)
    assert line.startswith("via.json, 'a.png1234', region 2: ")
    assert told in line
    (image,), _, _ = read("via", path)
    assert image.objects is not None
    assert len(image.objects) == 1


BAD_ENTRIES = [
    (entry(filename="gone.png"), "missing picture"),
    (entry(filename="../../etc/passwd"), "missing picture"),
    (entry(filename="/etc/passwd"), "missing picture"),
    (entry(), "picture that comes twice"),
    (entry(filename=7), "damaged entry"),
    ({"filename": "a.png", "regions": 7}, "damaged entry"),
    ([], "damaged entry"),
]


@pytest.mark.parametrize(("bad", "kind"), BAD_ENTRIES)
def test_a_bad_entry_is_told_and_the_others_are_read(tmp_path: Path, bad: Any, kind: str):
    path = write(tmp_path, {"a.png1234": entry(region(CIRCLE)), "b": bad})
    assert only_problem("via", path, kind).startswith("via.json, 'b': ")
    assert len(read("via", path)[0]) == 1


@pytest.mark.parametrize("cut", [-1, -20, 3])
def test_a_truncated_file_is_told(tmp_path: Path, cut: int):
    path = write(tmp_path, {"a.png1234": entry(region(CIRCLE))})
    file = path / "via.json"
    file.write_text(file.read_text()[:cut])
    only_problem("via", file, "damaged file")


@pytest.mark.parametrize(
    "content",
    [
        b'{"a.png1": ' + b"[" * 100_000,
        b'{"_via_attributes": 7, "_via_img_metadata"',
        b"\xff\xfe",
    ],
)
def test_a_file_of_nonsense_is_told(tmp_path: Path, content: bytes):
    path = write(tmp_path, {})
    (path / "via.json").write_bytes(content)
    only_problem("via", path / "via.json", "damaged file")


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ('a.png,1,"{}"', "damaged entry"),
        ('a.png,1,"{}",1,0,"{""name"":","{}"', "no shape"),
        ('a.png,1,"{}",1,0,"' + "[" * 100_000 + '","{}"', "no shape"),
        ('a.png,1,"{}",1,0,"never closed', "damaged file"),
        ("a.png,1,{},1,0,\udcff,{}", "damaged file"),
    ],
)
def test_a_bad_row_is_told(tmp_path: Path, row: str, kind: str):
    picture(tmp_path / "set" / "a.png")
    text = f"{COLUMNS}\n{row}\n"
    (tmp_path / "set" / "via.csv").write_bytes(text.encode(errors="surrogateescape"))
    assert only_problem("via", tmp_path / "set", kind).startswith("via.csv")
