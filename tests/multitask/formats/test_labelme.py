import base64
import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.multitask.formats._compare import (
    assert_same,
    every_shape,
    only_problem,
    picture,
    read,
    sides,
)

from triptych.frame.errors import DataError, WriteError
from triptych.multitask.formats import recognize
from triptych.multitask.formats._format import Vocabulary
from triptych.multitask.formats.labelme import LabelMe
from triptych.multitask.structures.annotated_image import (
    AnnotatedImage,
    AnnotatedObject,
    ClassMap,
)
from triptych.multitask.structures.annotations import BoundingBox, Circle
from triptych.multitask.structures.rasterize import shape_pixels
from triptych.multitask.structures.shapes import (
    Ellipse,
    OrientedBox,
    PixelMask,
    Polygon,
    shape_circle,
)


def shape(kind: str, points: Any, label: Any = "cell", **more: Any) -> dict[str, Any]:
    keys = {"label": label, "points": points, "group_id": None, "shape_type": kind, "flags": {}}
    return keys | more


def document(*shapes: Any, **more: Any) -> dict[str, Any]:
    return {
        "version": "6.3.1",
        "flags": {},
        "shapes": list(shapes),
        "imagePath": "a.png",
        "imageData": None,
        "imageHeight": 30,
        "imageWidth": 40,
    } | more


def folder(tmp_path: Path, *shapes: Any, **more: Any) -> Path:
    """A folder with a picture and its file."""
    picture(tmp_path / "set" / "a.png")
    (tmp_path / "set" / "a.json").write_text(json.dumps(document(*shapes, **more)))
    return tmp_path / "set"


def objects(path: Path) -> tuple[AnnotatedObject, ...]:
    (image,), problems, _ = read("labelme", path)
    assert not problems.examples
    assert image.objects is not None
    return image.objects


def png(values: np.ndarray) -> str:
    content = BytesIO()
    Image.fromarray(values).save(content, "PNG")
    return base64.b64encode(content.getvalue()).decode()


def mask_png() -> str:
    values = np.zeros((3, 4), np.uint8)
    values[1, 1:3] = 1
    return png(values)


@pytest.mark.parametrize("rim", [[28, 26], [30, 20], [12, 14]])
def test_a_circle_stays_a_circle_by_its_center_and_any_point_of_its_rim(
    tmp_path: Path, rim: list[int]
):
    (thing,) = objects(folder(tmp_path, shape("circle", [[20, 20], rim])))
    assert thing.shape == Circle(20, 20, 10)
    assert sides(thing) == [10, 10, 30, 30]
    assert shape_pixels(thing.shape, 40, 40).sum() == 316


def test_a_rectangle_begins_at_any_corner(tmp_path: Path):
    (thing,) = objects(folder(tmp_path, shape("rectangle", [[20, 20], [10, 10]])))
    assert thing.shape == BoundingBox(10, 10, 20, 20)
    assert shape_pixels(thing.shape, 30, 40).sum() == 100


def test_a_mask_is_a_png_of_ones_with_both_corners_inside(tmp_path: Path):
    drawn = shape("mask", [[10, 10], [13, 12]], mask=mask_png())
    (thing,) = objects(folder(tmp_path, drawn))
    assert thing.shape is not None
    assert np.argwhere(shape_pixels(thing.shape, 30, 40)).tolist() == [[11, 11], [11, 12]]


@pytest.mark.parametrize("clockwise", [True, False])
def test_an_oriented_rectangle_is_an_oriented_box(tmp_path: Path, clockwise: bool):
    corners = OrientedBox(20, 15, 12, 6, 0.5).corners().tolist()
    corners = corners if clockwise else [corners[0], corners[3], corners[2], corners[1]]
    (thing,) = objects(folder(tmp_path, shape("oriented_rectangle", corners)))
    box = thing.shape
    assert isinstance(box, OrientedBox)
    values = [box.x, box.y, box.width, box.height, box.angle]
    np.testing.assert_allclose(values, [20, 15, 12, 6, 0.5])


def test_four_corners_that_are_no_rectangle_are_a_polygon(tmp_path: Path):
    corners = [[10, 10], [20, 10], [25, 20], [10, 20]]
    (thing,) = objects(folder(tmp_path, shape("oriented_rectangle", corners)))
    assert isinstance(thing.shape, Polygon)


def test_polygons_of_one_group_and_label_are_one_object(tmp_path: Path):
    first, second = [[0, 0], [4, 0], [4, 4], [0, 4]], [[10, 0], [14, 0], [14, 4], [10, 4]]
    path = folder(
        tmp_path,
        shape("polygon", first, group_id=1),
        shape("circle", [[20, 20], [25, 20]], "coin"),
        shape("polygon", second, group_id=1),
        shape("polygon", second, "lid", group_id=1),
    )
    cell, lid, coin = objects(path)
    assert [cell.label, lid.label, coin.label] == ["cell", "lid", "coin"]
    assert isinstance(cell.shape, Polygon)
    assert len(cell.shape.parts) == 2
    assert shape_pixels(cell.shape, 30, 40).sum() == 32


def test_of_a_polygon_and_a_rectangle_of_one_group_the_polygon_says_more(tmp_path: Path):
    outline = [[12, 12], [18, 12], [15, 18]]
    path = folder(
        tmp_path,
        shape("rectangle", [[10, 10], [20, 20]], group_id="a"),
        shape("polygon", outline, group_id="a"),
    )
    (thing,) = objects(path)
    assert sides(thing) == [12, 12, 18, 18]


def test_a_mask_and_a_polygon_of_one_group_are_their_union(tmp_path: Path):
    path = folder(
        tmp_path,
        shape("mask", [[10, 10], [13, 12]], mask=mask_png(), group_id=4),
        shape("polygon", [[20, 10], [22, 10], [22, 12], [20, 12]], group_id=4),
    )
    (thing,) = objects(path)
    assert isinstance(thing.shape, PixelMask)
    assert shape_pixels(thing.shape, 30, 40).sum() == 6


def test_points_of_a_group_are_keypoints_of_its_shape_by_their_labels(tmp_path: Path):
    path = folder(
        tmp_path,
        shape("point", [[12, 13]], "nose", group_id=7),
        shape("rectangle", [[10, 10], [20, 20]], "face", group_id=7),
        shape("point", [[14, 15]], "eye", group_id=7, flags={"hidden": True}),
    )
    (image,), _, vocabulary = read("labelme", path)
    assert image.objects is not None
    (face,) = image.objects
    assert (face.label, face.shape) == ("face", BoundingBox(10, 10, 20, 20))
    assert face.keypoints is not None
    assert face.keypoints.tolist() == [[12, 13, 2], [14, 15, 1]]
    assert vocabulary.keypoints == ("nose", "eye")
    assert vocabulary.classes == ("face",)


def test_a_point_alone_is_an_object_of_one_keypoint(tmp_path: Path):
    (thing,) = objects(folder(tmp_path, shape("point", [[12, 13]])))
    assert (thing.label, thing.shape) == ("cell", None)
    assert thing.keypoints is not None
    assert thing.keypoints.tolist() == [[12, 13, 2]]


@pytest.mark.parametrize("kind", ["line", "linestrip", "points"])
def test_what_encloses_nothing_is_told(tmp_path: Path, kind: str):
    path = folder(tmp_path, shape(kind, [[1, 1], [5, 5]]))
    assert kind in only_problem("labelme", path, "shape without area")


def test_flags_are_attributes_and_sizes_are_those_of_the_file(tmp_path: Path):
    drawn = shape("rectangle", [[1, 1], [5, 5]], flags={"blurred": False})
    path = folder(tmp_path, drawn, flags={"night": True, "odd": "text"}, imageHeight=31)
    (image,), _, vocabulary = read("labelme", path)
    assert image.attributes == {"night": "true"}
    assert image.objects is not None
    assert image.objects[0].attributes == {"blurred": "false"}
    assert (image.width, image.height) == (40, 31)  # whoever opens the picture compares
    assert vocabulary.classes == ("cell",)


def test_a_file_without_shapes_says_that_there_is_nothing(tmp_path: Path):
    assert objects(folder(tmp_path)) == ()


@pytest.mark.parametrize("name", ["../images/b.png", r"..\images\b.png", r"C:\data\b.png"])
def test_pictures_in_another_folder_are_found(tmp_path: Path, name: str):
    picture(tmp_path / "set" / "images" / "b.png")
    labels = tmp_path / "set" / "labels"
    labels.mkdir()
    (labels / "b.json").write_text(json.dumps(document(imagePath=name)))
    (image,), _, _ = read("labelme", tmp_path / "set")
    assert image.file == (tmp_path / "set" / "images" / "b.png").resolve()


def test_a_file_alone_and_its_folder_are_recognized(tmp_path: Path):
    path = folder(tmp_path, shape("circle", [[20, 20], [30, 20]]))
    assert recognize(path) == "labelme"
    assert recognize(path / "a.json") == "labelme"
    assert len(read("labelme", path / "a.json")[0]) == 1
    (path / "a.json").write_text('{"images": [], "annotations": [], "categories": []}')
    assert LabelMe.recognizes(path) == 0


def test_the_embedded_picture_is_used_where_the_file_is_missing(tmp_path: Path):
    embedded = png(np.full((30, 40, 3), 7, np.uint8))
    path = folder(tmp_path, imageData=embedded)
    (image,), _, _ = read("labelme", path)
    assert image.file == (path / "a.png").resolve()
    (path / "a.png").unlink()
    (image,), problems, _ = read("labelme", path)
    assert not problems.examples
    assert image.file.is_relative_to(tmp_path / "set-scratch")
    with Image.open(image.file) as unpacked:
        assert unpacked.getpixel((0, 0)) == (7, 7, 7)


def test_the_order_of_classes_is_that_of_labels_txt(tmp_path: Path):
    path = folder(tmp_path, *(shape("circle", [[9, 9], [12, 9]], name) for name in "bacd"))
    (path / "labels.txt").write_text("__ignore__\n_background_\nd\nb\nunused\n")
    _, _, vocabulary = read("labelme", path)
    assert vocabulary.classes == ("d", "b", "a", "c")


BAD_SHAPES = [
    ("shape", "expected a shape", "no shape"),
    (shape("rectangle", [[1, float("nan")], [5, 5]]), "nan", "no numbers"),
    (shape("rectangle", [[1, 1e300], [5, 5]]), "1e+300", "no numbers"),
    (shape("rectangle", [[1, "x"], [5, 5]]), "'x'", "no numbers"),
    (shape("rectangle", [[1, 1, 1], [5, 5]]), "2 numbers", "no numbers"),
    (shape("rectangle", None), "None", "no numbers"),
    (shape("rectangle", [[1, 1], [5, 5], [6, 6]]), "got 3", "number of points"),
    (shape("rectangle", [[1, 1], [1, 5]]), "0 × 4", "shape of no area"),
    (shape("circle", [[9, 9], [9, 9]]), "radius above 0", "shape of no area"),
    (shape("polygon", [[1, 1], [5, 5]]), "got 2", "number of points"),
    (shape("polygon", [[1, 1], [5, 5], [1, 1]]), "3 corners that differ", "number of points"),
    (shape("polygon", [[1, 1], [5, 5], [9, 9]]), "one line", "shape of no area"),
    (shape("oriented_rectangle", [[1, 1], [5, 5]]), "got 2", "number of points"),
    (shape("blob", [[1, 1], [5, 5]]), "'blob'", "unknown shape"),
    (shape("mask", [[10, 10], [14, 12]], mask=mask_png()), "5 × 3", "size of a mask"),
    (shape("mask", [[10, 10], [9e6, 9e6]], mask=mask_png()), "8.99999e+06", "size of a mask"),
    (shape("mask", [[13, 12], [10, 10]], mask=mask_png()), "-2", "size of a mask"),
    (shape("mask", [[10, 10], [13, 12]], mask="no base64!"), "base64", "damaged mask"),
    (shape("mask", [[10, 10], [13, 12]], mask="bm9uZQ=="), "PNG", "damaged mask"),
    (shape("mask", [[10, 10], [13, 12]], mask=mask_png()[:60]), "PNG", "damaged mask"),
    (shape("mask", [[10, 10], [13, 12]]), "None", "no mask"),
    (
        shape("mask", [[0, 0], [3, 2]], mask=png(np.zeros((3, 4), np.uint8))),
        "no pixel",
        "shape of no area",
    ),
]


@pytest.mark.parametrize(("bad", "told", "kind"), BAD_SHAPES)
def test_a_bad_shape_is_told_and_the_others_are_read(
    tmp_path: Path, bad: Any, told: str, kind: str
):
    path = folder(tmp_path, shape("circle", [[20, 20], [30, 20]]), bad)
    line = only_problem("labelme", path, kind)
    assert line.startswith("a.json, shape 2: ")
    assert told in line
    (image,), _, _ = read("labelme", path)
    assert image.objects is not None
    assert len(image.objects) == 1


@pytest.mark.parametrize("label", ["", "  ", None, 7])
def test_a_label_without_name_is_told_and_the_shape_is_kept(tmp_path: Path, label: Any):
    path = folder(tmp_path, shape("circle", [[20, 20], [30, 20]], label))
    assert "a.json, shape 1" in only_problem("labelme", path, "label without name")
    (image,), _, _ = read("labelme", path)
    assert image.objects is not None
    assert image.objects[0].label is None


def test_groups_that_contradict_themselves_are_told(tmp_path: Path):
    path = folder(
        tmp_path,
        shape("point", [[1, 1]], "eye", group_id=1),
        shape("point", [[2, 2]], "eye", group_id=1),
    )
    assert "eye already" in only_problem("labelme", path, "points of a name")
    path = folder(
        tmp_path,
        shape("rectangle", [[1, 1], [3, 3]], "a", group_id=1),
        shape("rectangle", [[2, 2], [4, 4]], "b", group_id=1),
        shape("point", [[2, 2]], "eye", group_id=1),
    )
    assert "a and b" in only_problem("labelme", path, "points of several objects")
    circle = shape("circle", [[9, 9], [12, 9]], group_id=1)
    path = folder(tmp_path, circle, circle)
    assert "group_id 1" in only_problem("labelme", path, "circles of one object")
    (image,), _, _ = read("labelme", path)
    assert image.objects is not None
    assert len(image.objects) == 2
    only_problem("labelme", folder(tmp_path, circle | {"group_id": [1]}), "group_id")


BAD_FILES = [
    (b'{"version": "5", "shapes": [', "damaged file"),
    (b"", "damaged file"),
    (b"\xff\xfe\x00", "damaged file"),
    (b'{"shapes": ' + b"[" * 200_000, "damaged file"),
    (b'{"images": [], "annotations": [], "categories": []}', "file of another kind"),
    (b'{"shapes": {}}', "file of another kind"),
    (b"[]", "file of another kind"),
    (b"17", "file of another kind"),
    (b'{"shapes": [], "imagePath": "gone.png"}', "missing picture"),
    (b'{"shapes": [], "imagePath": "../../etc/passwd"}', "missing picture"),
    (b'{"shapes": [], "imagePath": "/etc/passwd"}', "missing picture"),
    (b'{"shapes": [], "imagePath": null}', "missing picture"),
    (b'{"shapes": [], "imagePath": {}}', "missing picture"),
    (b'{"shapes": [], "imagePath": "a\\u0000.png"}', "missing picture"),
    (b'{"shapes": [], "imagePath": "gone.png", "imageData": "!!!"}', "damaged imageData"),
    (b'{"shapes": [], "imagePath": "gone.png", "imageData": "bm9uZQ=="}', "damaged imageData"),
    (b'{"shapes": [], "imagePath": "gone.png", "imageData": [1]}', "damaged imageData"),
]


@pytest.mark.parametrize(("content", "kind"), BAD_FILES)
def test_a_bad_file_is_told_and_the_others_are_read(tmp_path: Path, content: bytes, kind: str):
    path = folder(tmp_path)
    (path / "b.json").write_bytes(content)
    assert only_problem("labelme", path, kind).startswith("b.json: ")
    assert len(read("labelme", path)[0]) == 1


@pytest.mark.parametrize("value", [-3, "30", 0, 1e9, 2.5, [30], True])
def test_a_size_that_is_none_is_told(tmp_path: Path, value: Any):
    path = folder(tmp_path, imageHeight=value)
    if value == "30":  # numbers written as text are understood
        assert read("labelme", path)[0][0].height == 30
        return
    only_problem("labelme", path, "size of an image")
    assert read("labelme", path)[0][0].height is None


def test_a_folder_without_files_is_refused(tmp_path: Path):
    with pytest.raises(DataError, match="no JSON file"):
        read("labelme", tmp_path)


def test_what_is_written_is_read_back(tmp_path: Path):
    picture(tmp_path / "from" / "x" / "a.png")
    picture(tmp_path / "from" / "y" / "a.jpg", 20, 10)
    picture(tmp_path / "from" / "z.png")
    images = [
        AnnotatedImage(tmp_path / "from" / "x" / "a.png", 40, 30, objects=every_shape()),
        AnnotatedImage(
            tmp_path / "from" / "y" / "a.jpg",
            label="sharp",
            attributes={"night": "false", "place": 'Ö, "x"'},
            group="patient 1",
            split="validation",
            objects=(),
        ),
        AnnotatedImage(tmp_path / "from" / "z.png", 40, 30, label="dull"),
    ]
    names = Vocabulary(("lid", "cell"), keypoints=("eye", "point", "ear"))
    assert LabelMe.write(images, names, tmp_path / "out") == []
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "a.json",
        "a.png",
        "labels.txt",
        "y",
        "z.json",
        "z.png",
    ]
    again, problems, vocabulary = read("labelme", tmp_path / "out", strict=True)
    assert not problems.examples
    sized = replace(images[1], width=20, height=10)
    for image, same in zip([images[0], sized, images[2]], again, strict=True):
        assert_same(image, same)
    assert (vocabulary.classes, vocabulary.keypoints) == (names.classes, names.keypoints)


def test_what_cannot_be_held_is_counted(tmp_path: Path):
    file = picture(tmp_path / "a.png")
    ellipse = Ellipse(20, 15, 10, 5, 0.5)
    things = (AnnotatedObject("a", ellipse), AnnotatedObject("b"))
    mask = ClassMap(file, {1: "a"})
    lines = LabelMe.write(
        [AnnotatedImage(file, objects=things, mask=mask)], Vocabulary(), tmp_path / "out"
    )
    assert [line.rsplit(": ", 1)[1] for line in lines] == ["1", "1", "1"]
    ((image,), _, _) = read("labelme", tmp_path / "out")
    assert image.objects is not None
    (thing,) = image.objects
    assert isinstance(thing.shape, Polygon)
    circle = shape_circle(thing.shape)
    assert circle is not None
    assert circle.radius == pytest.approx(10, rel=1e-3)


def test_writing_is_whole_or_not_at_all(tmp_path: Path):
    images = [AnnotatedImage(picture(tmp_path / "a.png")), AnnotatedImage(tmp_path / "gone.png")]
    with pytest.raises(DataError, match=r"gone\.png"):
        LabelMe.write(images, Vocabulary(), tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    with pytest.raises(WriteError, match="not empty"):
        LabelMe.write(images, Vocabulary(), tmp_path / "full")
