from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.multitask.formats._compare import (
    assert_same,
    every_shape,
    only_problem,
    picture,
    read,
    sides,
)

from triptych.frame.errors import DataError
from triptych.multitask.formats import recognize
from triptych.multitask.formats._format import Vocabulary
from triptych.multitask.formats.cvat import CVAT
from triptych.multitask.structures.annotated_image import AnnotatedImage, AnnotatedObject, ClassMap
from triptych.multitask.structures.annotations import BoundingBox, Circle
from triptych.multitask.structures.rasterize import shape_pixels
from triptych.multitask.structures.shapes import Ellipse, OrientedBox, Polygon

META = """<meta><task><labels>
<label><name>cell</name><attributes><attribute><name>hue</name><input_type>select</input_type>
<values>red
blue</values></attribute></attributes></label>
<label><name>face</name><type>skeleton</type></label>
<label><name>eye</name><type>points</type><parent>face</parent></label>
<label><name>ear</name><type>points</type><parent>face</parent></label>
</labels></task></meta>"""


def image(*elements: str, name: str = "a.png", more: str = 'width="40" height="30"') -> str:
    return f'<image id="0" name="{name}" {more}>{"".join(elements)}</image>'


def folder(tmp_path: Path, *elements: str, name: str = "a.png", more: str = "") -> Path:
    picture(tmp_path / "set" / "images" / "a.png")
    content = image(*elements, name=name, more=more or 'width="40" height="30"')
    return write(tmp_path, content)


def write(tmp_path: Path, content: str) -> Path:
    text = f"<?xml version='1.0' encoding='utf-8'?><annotations><version>1.1</version>{META}"
    (tmp_path / "set").mkdir(exist_ok=True)
    (tmp_path / "set" / "annotations.xml").write_text(f"{text}{content}</annotations>")
    return tmp_path / "set"


def objects(path: Path) -> tuple[AnnotatedObject, ...]:
    (one,), problems, _ = read("cvat", path)
    assert not problems.examples
    assert one.objects is not None
    return one.objects


BOX = '<box label="cell" xtl="10" ytl="10" xbr="30" ybr="20" occluded="0" z_order="0"/>'


def test_a_box_has_its_right_and_bottom_edges_outside(tmp_path: Path):
    (thing,) = objects(folder(tmp_path, BOX))
    assert thing == AnnotatedObject("cell", BoundingBox(10, 10, 30, 20))
    assert thing.shape is not None
    assert shape_pixels(thing.shape, 30, 40).sum() == 200


def test_a_box_turns_about_its_center(tmp_path: Path):
    (thing,) = objects(folder(tmp_path, BOX.replace("<box", '<box rotation="90.0"')))
    assert isinstance(thing.shape, OrientedBox)
    assert sides(thing) == [15, 5, 25, 25]


@pytest.mark.parametrize(
    ("rotation", "expected"),
    [("", [10, 10, 30, 20]), ('rotation="30"', [10.986, 8.386, 29.014, 21.615])],
)
def test_an_ellipse_has_half_axes_and_degrees(tmp_path: Path, rotation: str, expected: list[float]):
    drawn = f'<ellipse label="cell" cx="20" cy="15" rx="10" ry="5" {rotation}/>'
    (thing,) = objects(folder(tmp_path, drawn))
    assert isinstance(thing.shape, Ellipse)
    np.testing.assert_allclose(sides(thing), expected, atol=1.1e-3)


def test_an_ellipse_of_one_radius_is_a_circle(tmp_path: Path):
    drawn = '<ellipse label="cell" cx="20.00" cy="15.00" rx="10.00" ry="10.00"/>'
    assert objects(folder(tmp_path, drawn))[0].shape == Circle(20, 15, 10)


def test_a_mask_is_run_lengths_by_rows_in_its_box(tmp_path: Path):
    drawn = '<mask label="cell" rle="1, 5, 2" left="10" top="20" width="4" height="2"/>'
    (thing,) = objects(folder(tmp_path, drawn))
    assert thing.shape is not None
    pixels = np.argwhere(shape_pixels(thing.shape, 30, 40)).tolist()
    assert pixels == [[20, 11], [20, 12], [20, 13], [21, 10], [21, 11]]


def test_polygons_of_a_group_are_one_object(tmp_path: Path):
    one = '<polygon label="cell" points="0,0;4,0;4.00,4;0,4" group_id="3"/>'
    (thing,) = objects(folder(tmp_path, one, one.replace("4", "8")))
    assert isinstance(thing.shape, Polygon)
    assert len(thing.shape.parts) == 2
    assert shape_pixels(thing.shape, 30, 40).sum() == 64


def test_what_lies_on_top_comes_last(tmp_path: Path):
    top = BOX.replace('z_order="0"', 'z_order="5"').replace("30", "31")
    first, second = objects(folder(tmp_path, top, BOX))
    assert (sides(first)[2], sides(second)[2]) == (30, 31)


def test_skeletons_are_keypoints_in_the_order_of_the_project(tmp_path: Path):
    drawn = (
        '<skeleton label="face"><points label="ear" outside="0" occluded="1" points="5,6"/>'
        '<points label="eye" outside="1" occluded="0" points="1,2"/></skeleton>'
    )
    (one,), _, vocabulary = read("cvat", folder(tmp_path, drawn))
    assert one.objects is not None
    (face,) = one.objects
    assert face.keypoints is not None
    assert face.keypoints.tolist() == [[0, 0, 0], [5, 6, 1]]
    assert vocabulary.keypoints == ("eye", "ear")


def test_points_are_numbered_keypoints(tmp_path: Path):
    (thing,) = objects(folder(tmp_path, '<points label="cell" points="1,2;3,4"/>'))
    assert thing.keypoints is not None
    assert thing.keypoints[-2:].tolist() == [[1, 2, 2], [3, 4, 2]]


def test_attributes_tags_subset_and_the_names_of_the_project(tmp_path: Path):
    box = BOX.replace('occluded="0"', 'occluded="1"').replace(
        "/>", '><attribute name="hue">blue</attribute><attribute name="x"></attribute></box>'
    )
    tag = '<tag label="sharp"><attribute name="lens">50</attribute></tag>'
    more = 'subset="Validation" width="40" height="30"'
    (one,), _, vocabulary = read("cvat", folder(tmp_path, box, tag, more=more))
    assert (one.label, one.attributes, one.split) == ("sharp", {"lens": "50"}, "validation")
    assert (one.width, one.height) == (40, 30)
    assert one.objects is not None
    assert one.objects[0].attributes == {"hue": "blue", "occluded": "true"}
    assert vocabulary.classes == ("cell", "face", "sharp")
    assert vocabulary.attributes == {"hue": ("red", "blue")}
    tags = '<tag label="sharp"/><tag label="night"/>'
    (one,), _, _ = read("cvat", folder(tmp_path, tags))
    assert (one.label, one.attributes) == (None, {"sharp": "true", "night": "true"})


def test_a_file_alone_and_its_folder_are_recognized(tmp_path: Path):
    path = folder(tmp_path, BOX)
    assert recognize(path) == "cvat"
    assert recognize(path / "annotations.xml") == "cvat"
    (path / "annotations.xml").write_text("<annotation><object/></annotation>")
    assert CVAT.recognizes(path) == 0


def test_pictures_lie_in_folders_of_their_subset(tmp_path: Path):
    for subset in ("train", "test"):
        picture(tmp_path / "set" / "images" / subset / "1.png")
    more = [f'subset="{subset}"' for subset in ("train", "test")]
    path = write(tmp_path, "".join(image(name="1.png", more=one) for one in more))
    images, problems, _ = read("cvat", path)
    assert not problems.examples
    assert [one.file.parent.name for one in images] == ["train", "test"]


BAD = [
    (BOX.replace('"30"', '"nan"'), "no numbers", "nan"),
    (BOX.replace('"30"', '"1e300"'), "no numbers", "1e300"),
    (BOX.replace('xbr="30"', ""), "no numbers", "None"),
    (BOX.replace('"30"', '"10"'), "shape of no area", "0 × 10"),
    (BOX.replace("<box", '<box rotation="x"'), "no numbers", "rotation"),
    ('<ellipse label="a" cx="1" cy="1" rx="-1" ry="2"/>', "shape of no area", "-1"),
    ('<polygon label="a" points="1,1;2,2"/>', "number of points", "got 2"),
    ('<polygon label="a" points="1,1;2,2;3"/>', "no numbers", "'3'"),
    ('<polygon label="a"/>', "number of points", "got 0"),
    ('<mask label="a" rle="1, 5" left="1" top="2" width="4" height="2"/>', None, "6 pixels"),
    ('<mask label="a" rle="9, -1" left="1" top="2" width="4" height="2"/>', None, "8"),
    ('<mask label="a" rle="x" left="1" top="2" width="4" height="2"/>', "no numbers", "'x'"),
    ('<mask label="a" rle="8" left="1" top="2" width="4" height="2"/>', None, "no pixel"),
    ('<mask label="a" rle="8" left="1" top="2" width="9e6" height="9e6"/>', None, "9e+06"),
    ('<polyline label="a" points="1,1;2,2"/>', "shape that is not read", "polyline"),
    ('<cuboid label="a" xtl1="1"/>', "shape that is not read", "cuboids"),
    ('<blob label="a"/>', "unknown shape", "<blob>"),
    ('<skeleton label="face"></skeleton>', "skeleton without points", "outside"),
    (BOX.replace('label="cell"', ""), "label without name", "no name"),
]


@pytest.mark.parametrize(("bad", "kind", "told"), BAD)
def test_a_bad_shape_is_told_and_the_others_are_read(
    tmp_path: Path, bad: str, kind: str | None, told: str
):
    path = folder(tmp_path, BOX, bad)
    _, problems, _ = read("cvat", path)
    line = only_problem("cvat", path, kind or problems.examples[0].kind)
    assert line.startswith("annotations.xml, image 'a.png'")
    assert told in line
    (one,), _, _ = read("cvat", path)
    assert one.objects is not None
    assert len(one.objects) == (2 if kind == "label without name" else 1)


@pytest.mark.parametrize("name", ["gone.png", "../../etc/passwd", "/etc/passwd", "", "images"])
def test_a_missing_picture_is_told_and_the_others_are_read(tmp_path: Path, name: str):
    picture(tmp_path / "set" / "b.png")
    folder(tmp_path)
    path = write(tmp_path, image(name=name) + image(name="b.png"))
    assert "annotations.xml, image" in only_problem("cvat", path, "missing picture")
    assert [one.file.name for one in read("cvat", path)[0]] == ["b.png"]


def test_an_image_twice_is_told(tmp_path: Path):
    folder(tmp_path)
    path = write(tmp_path, image(BOX) + image())
    only_problem("cvat", path, "picture that comes twice")
    assert len(read("cvat", path)[0]) == 1


@pytest.mark.parametrize(
    "content",
    [
        "",
        "<annotations><version>1.1",
        '<!DOCTYPE x [<!ENTITY a "harmless">]><annotations><image name="&a;"/></annotations>',
        "<annotation><object/></annotation>",
        "{}",
    ],
)
def test_a_bad_file_is_told(tmp_path: Path, content: str):
    path = folder(tmp_path, BOX)
    (path / "bad.xml").write_text(content)
    _, problems, _ = read("cvat", path)
    assert "bad.xml" in only_problem("cvat", path, problems.examples[0].kind)
    assert len(read("cvat", path)[0]) == 1


def test_a_truncated_file_is_read_as_far_as_it_goes(tmp_path: Path):
    path = folder(tmp_path, BOX)
    whole = (path / "annotations.xml").read_text()
    (path / "annotations.xml").write_text(whole.replace("</annotations>", "<image id='1' na"))
    only_problem("cvat", path, "damaged file")
    assert len(read("cvat", path)[0]) == 1


def test_deep_nesting_is_no_harm(tmp_path: Path):
    path = folder(tmp_path, "<a>" * 50_000 + "</a>" * 50_000)
    only_problem("cvat", path, "unknown shape")


def test_tracks_of_a_video_are_told_with_what_to_export(tmp_path: Path):
    path = write(tmp_path, '<track id="0" label="car"><box frame="0"/></track>')
    assert "CVAT for images 1.1" in only_problem("cvat", path, "tracks of a video")


def test_a_folder_without_files_is_refused(tmp_path: Path):
    with pytest.raises(DataError, match="no XML file"):
        read("cvat", tmp_path)


def test_what_is_written_is_read_back(tmp_path: Path):
    files = [picture(tmp_path / "from" / name / "a.png") for name in "xyz"]
    things = (
        *(replace(thing, label=thing.label or "lid") for thing in every_shape()),
        AnnotatedObject("cell", Ellipse(20, 15, 9, 5, -0.5), attributes={"occluded": "true"}),
        AnnotatedObject('<&"\n>', BoundingBox(1, 2, 3, 4), attributes={"<&": 'Ö "'}),
    )
    images = [
        AnnotatedImage(files[0], 40, 30, objects=things, split="validation"),
        AnnotatedImage(files[1], label="sharp", attributes={"lens": "50"}, objects=()),
        AnnotatedImage(files[2], 40, 30, objects=(), split="train"),
    ]
    names = Vocabulary(("lid", "cell"), {"hue": ("blue", "red")}, ("eye", "point", "ear"))
    assert CVAT.write(images, names, tmp_path / "out") == []
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == ["annotations.xml", "images"]
    again, problems, vocabulary = read("cvat", tmp_path / "out", strict=True)
    assert not problems.examples
    for one, same in zip([images[0], replace(images[1], width=40, height=30), images[2]], again):
        assert_same(one, same)
    assert len(again) == 3
    assert vocabulary.classes[:2] == names.classes
    assert vocabulary.attributes["hue"] == ("blue", "red")
    assert vocabulary.keypoints == names.keypoints


def test_an_xml_file_is_written_alone(tmp_path: Path):
    file = picture(tmp_path / "a.png")
    one = AnnotatedImage(file, objects=(AnnotatedObject("cell", Circle(20, 15, 5)),))
    CVAT.write([one], Vocabulary(), tmp_path / "pre.xml")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "pre.xml"]
    (again,), _, _ = read("cvat", tmp_path)
    assert_same(replace(one, width=40, height=30), again)


def test_what_cannot_be_held_is_counted_and_writing_is_whole_or_not_at_all(tmp_path: Path):
    file = picture(tmp_path / "a.png")
    mask = ClassMap(file, {1: "a"})
    things = (AnnotatedObject(None, Circle(9, 9, 3)), AnnotatedObject("b"))
    whole = AnnotatedImage(file, objects=things, mask=mask, group="g", attributes={"a": "b"})
    lines = CVAT.write([whole, AnnotatedImage(file)], Vocabulary(), tmp_path / "out.xml")
    assert len(lines) == 6
    for out in ("new", "new.xml"):
        with pytest.raises(DataError, match=r"gone\.png"):
            CVAT.write([whole, AnnotatedImage(tmp_path / "gone.png")], Vocabulary(), tmp_path / out)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "out.xml"]
