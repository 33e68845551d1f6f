"""YOLO: rows of fractions as boxes, polygons, turned boxes and keypoints."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from PIL import Image

from triptych.frame.errors import DataError
from triptych.multitask.formats import recognize
from triptych.multitask.formats._format import Vocabulary
from triptych.multitask.formats.yolo import Yolo
from triptych.multitask.structures.annotated_image import AnnotatedImage, AnnotatedObject
from triptych.multitask.structures.annotations import BoundingBox, Circle
from triptych.multitask.structures.import_problems import ImportProblems
from triptych.multitask.structures.rasterize import shape_pixels
from triptych.multitask.structures.shapes import OrientedBox, PixelMask, Polygon, shape_box

BOX = "0 .5 .5 .2 .4"
NINE = "1 .1 .1 .3 .1 .3 .5 .1 .5"
POSE = "0 .5 .5 .2 .4 .5 .5 2"


def picture(path: Path, **options: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (200, 100)).save(path, **options)


def write(
    root: Path, rows: str | None, *, name: str = "images/train/a.jpg", **settings: Any
) -> Path:
    picture(root / name)
    if rows is not None:
        before, _, behind = f"/{name}".rpartition("/images/")
        labels = (root / f"{before}/labels/{behind}".strip("/")).with_suffix(".txt")
        labels.parent.mkdir(parents=True, exist_ok=True)
        labels.write_text(rows)
    value = {"names": ["cat", "dog"], "train": "images/train"} | settings
    (root / "data.yaml").write_text(yaml.safe_dump(value))
    return root


def read(root: Path, *, strict: bool = False) -> tuple[list[AnnotatedImage], list[str], Yolo]:
    problems = ImportProblems(strict=strict)
    reader = Yolo(root, problems, root / ".scratch")
    images = list(reader.read())
    return images, list(map(str, problems.examples)), reader


def objects(root: Path, rows: str, **settings: Any) -> tuple[list[AnnotatedObject], list[str]]:
    images, told, _ = read(write(root, rows, **settings))
    return list(images[0].objects or ()), told


def sides(thing: AnnotatedObject) -> list[float]:
    assert thing.shape is not None
    box = shape_box(thing.shape)
    assert box is not None
    return [round(side, 4) for side in (box.left, box.top, box.right, box.bottom)]


def test_five_numbers_are_a_box_and_the_sixth_is_a_score(tmp_path: Path):
    found, told = objects(tmp_path, f"{BOX}\n\n{BOX} 0.75\n")
    assert [sides(thing) for thing in found] == [[80, 30, 120, 70]] * 2
    assert [thing.score for thing in found] == [None, 0.75]
    assert [thing.label for thing in found] == ["cat", "cat"]
    assert told == []


def test_rows_of_five_and_nine_in_one_file_are_a_box_and_a_polygon(tmp_path: Path):
    (box, polygon), told = objects(tmp_path, f"{BOX}\n{NINE}\n")
    assert isinstance(box.shape, BoundingBox)
    assert isinstance(polygon.shape, Polygon)
    assert polygon.shape.area() == pytest.approx(40 * 40)
    assert told == []


@pytest.mark.parametrize("by_folder", [True, False])
def test_nine_numbers_are_a_turned_box_where_it_is_said(tmp_path: Path, by_folder: bool):
    root = tmp_path / ("my-obb" if by_folder else "set")
    root.mkdir()
    row = "1 .5 .2 .6 .4 .5 .6 .4 .4"
    (thing,), _ = objects(root, row, **({} if by_folder else {"task": "obb"}))
    assert isinstance(thing.shape, OrientedBox)
    expected = np.array([[100, 20], [120, 40], [100, 60], [80, 40]])
    assert np.allclose(thing.shape.corners(), expected)
    assert thing.shape.angle == pytest.approx(np.pi / 4)


def test_pose_rows_are_a_box_and_keypoints_that_change_places(tmp_path: Path):
    rows = "0 .5 .5 .2 .4 .45 .4 2 .55 .4 1\n0 .5 .5 .2 .4 0 0 0 0 0 0\n0 .5 .5 .2 .4"
    write(tmp_path, rows, kpt_shape=[2, 3], flip_idx=[1, 0])
    images, told, reader = read(tmp_path)
    first, second, third = images[0].objects or ()
    assert sides(first) == [80, 30, 120, 70]
    assert first.keypoints is not None
    assert first.keypoints.tolist() == [[90, 40, 2], [110, 40, 1]]
    assert second.keypoints is None and third.keypoints is None
    assert reader.vocabulary.keypoints == ("0", "1")
    assert reader.vocabulary.keypoint_pairs == ((0, 1),)
    assert told == []


def test_one_keypoint_of_three_numbers_is_no_polygon(tmp_path: Path):
    (thing,), _ = objects(tmp_path, POSE, kpt_shape=[1, 3])
    assert sides(thing) == [80, 30, 120, 70]


def test_keypoints_of_two_numbers_are_seen_where_they_are_not_zero(tmp_path: Path):
    (thing,), _ = objects(tmp_path, f"{BOX} .5 .5 0 0", kpt_shape=[2, 2])
    assert thing.keypoints is not None
    assert thing.keypoints.tolist() == [[100, 50, 2], [0, 0, 0]]


@pytest.mark.parametrize("row", [POSE, f"{BOX} .5 .5 2 .4 .4 1", f"{BOX}" + " .5 .5 2" * 17])
def test_keypoints_without_a_count_are_asked_about(tmp_path: Path, row: str):
    points = (len(row.split()) - 5) // 3
    with pytest.raises(DataError, match=rf"line 1: .* Add kpt_shape: \[{points}, 3\] to data"):
        objects(tmp_path, row)


def test_a_polygon_of_five_corners_is_none_of_keypoints(tmp_path: Path):
    (thing,), told = objects(tmp_path, "0 .1 .1 .3 .1 .4 .3 .3 .5 .1 .5")
    assert isinstance(thing.shape, Polygon) and told == []


def test_an_empty_file_says_no_objects_and_a_missing_one_nothing(tmp_path: Path):
    write(tmp_path, "\n", name="images/train/a.jpg")
    write(tmp_path, None, name="images/train/b.jpg")
    images, told, _ = read(tmp_path)
    assert [image.objects for image in images] == [(), None]
    assert told == []


def test_the_last_images_of_the_path_becomes_labels(tmp_path: Path):
    root = tmp_path / "images" / "set"
    name = "images/old/images/train/a.jpg"
    images, _, _ = read(write(root, BOX, name=name, train="images/old/images/train"))
    assert len(images[0].objects or ()) == 1


@pytest.mark.parametrize("name", ["images/{}/a.jpg", "{}/images/a.jpg"])
@pytest.mark.parametrize("stated", [True, False])
def test_splits_are_above_or_below(tmp_path: Path, name: str, stated: bool):
    places = {"train": "train", "val": "valid", "test": "test"}
    folders = {key: str(Path(name.format(word)).parent) for key, word in places.items()}
    for word in places.values():
        write(tmp_path, BOX, name=name.format(word), **folders)
    if not stated:
        (tmp_path / "data.yaml").unlink()
        (tmp_path / "classes.txt").write_text("cat\ndog\n")
    assert recognize(tmp_path) == "yolo"
    images, told, reader = read(tmp_path)
    assert {image.split for image in images} == {"train", "validation", "test"}
    assert [len(image.objects or ()) for image in images] == [1, 1, 1]
    assert reader.vocabulary.classes == ("cat", "dog")
    assert told == []


@pytest.mark.parametrize(
    "settings",
    [
        {"train": "../train/images"},
        {"train": "/home/anna/sets/pets/train/images", "path": "/home/anna/sets/pets"},
        {"train": "C:\\sets\\pets\\train\\images"},
        {"train": ["nowhere/../train/images"], "path": "."},
        {"train": "train.txt"},
        {"train": "train/images", "names": {0: "cat", 1: "dog"}},
        {"train": "images", "path": "train"},
    ],
)
def test_places_of_other_machines_and_lists_are_found(tmp_path: Path, settings: dict[str, Any]):
    write(tmp_path, BOX, name="train/images/a.jpg", **settings)
    (tmp_path / "train.txt").write_text("./train/images/a.jpg\n\n/home/anna/train/images/a.jpg\n")
    images, told, _ = read(tmp_path)
    assert [(image.file, image.split) for image in images] == [
        (tmp_path / "train/images/a.jpg", "train")
    ]
    assert len(images[0].objects or ()) == 1
    assert all("is in a split already" in line for line in told)


def test_labels_beside_pictures_are_read_as_darknet_keeps_them(tmp_path: Path):
    picture(tmp_path / "a.jpg")
    (tmp_path / "a.txt").write_text(BOX)
    (tmp_path / "classes.txt").write_text("cat\n")
    assert recognize(tmp_path) == "yolo"
    images, told, _ = read(tmp_path)
    assert [thing.label for thing in images[0].objects or ()] == ["cat"]
    assert told == []


def test_fractions_are_of_the_picture_as_it_stands_upright(tmp_path: Path):
    write(tmp_path, BOX)
    exif = Image.Exif()
    exif[0x0112] = 6
    picture(tmp_path / "images/train/a.jpg", exif=exif)
    images, _, _ = read(tmp_path)
    assert (images[0].width, images[0].height) == (100, 200)
    assert sides((images[0].objects or ())[0]) == [40, 60, 60, 140]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("0 .5 .5 nan .4", "it must hold finite numbers"),
        ("0 .5 .5 1e999 .4", "it must hold finite numbers"),
        ("cat .5 .5 .2 .4", "it must hold finite numbers"),
        ("0 .5 .5 .2", "4 numbers are neither box nor polygon"),
        ("0", "1 numbers are neither box nor polygon"),
        ("0 .1 .1 .3 .1 .3 .5 .1", "8 numbers are neither box nor polygon"),
        ("7 .5 .5 .2 .4", "there is no class of the number 7"),
        ("-1 .5 .5 .2 .4", "there is no class of the number -1"),
        ("0.5 .5 .5 .2 .4", "there is no class of the number 0.5"),
        ("0 100 50 40 40", "expected fractions of the picture, got 100"),
        ("0 10 10 30 10 30 50", "expected fractions of the picture, got 50"),
        ("0 .5 .5 -.2 .4", "the box 120, 30, 80, 70 has no area"),
        ("0 1.5 .5 .2 .4", "the box 280, 30, 320, 70 lies outside the image"),
        ("\0\1\2", "it must hold finite numbers"),
    ],
)
def test_what_is_wrong_is_told_in_one_line_and_the_rest_read(tmp_path: Path, row: str, said: str):
    found, told = objects(tmp_path, f"{row}\n{BOX}")
    assert [sides(thing) for thing in found] == [[80, 30, 120, 70]]
    assert told[0].startswith(f"labels/train/a.txt, line 1: {said}")
    assert told[0].endswith("(object left out)")
    with pytest.raises(DataError, match="line 1"):
        read(tmp_path, strict=True)


def test_boxes_are_cut_at_the_picture(tmp_path: Path):
    (thing,), told = objects(tmp_path, "0 0 .5 .2 .4")
    assert sides(thing) == [0, 30, 20, 70]
    assert "goes beyond the image" in told[0]


@pytest.mark.parametrize(
    "text",
    [
        "names: [cat",
        "just text",
        "names: 5\ntrain: images",
        "names: [cat]\ntrain: images\nkpt_shape: [1, 4]",
        "names: [cat]\ntrain: images\nkpt_shape: [1000000000, 3]",
        "names: [cat]\ntrain: images\nkpt_shape: [2, 3]\nflip_idx: [0, 0]",
        "names: &a [*a]\ntrain: images",
        "names: !!python/object/apply:os.system [ls]",
        "[" * 5000,
    ],
)
def test_a_damaged_data_yaml_is_refused_in_one_line(tmp_path: Path, text: str):
    write(tmp_path, BOX)
    (tmp_path / "data.yaml").write_text(text)
    with pytest.raises(DataError) as error:
        read(tmp_path / "data.yaml")
    assert "data.yaml" in str(error.value) and "\n" not in str(error.value)


def test_missing_places_and_pictures_are_told(tmp_path: Path):
    write(tmp_path, BOX, val="../../elsewhere", test="test.txt")
    (tmp_path / "test.txt").write_text("gone.jpg\n../../etc/passwd\n")
    (tmp_path / "images/train/b.jpg").write_text("no picture")
    (tmp_path / "labels/train/b.txt").write_text(BOX)
    images, told, _ = read(tmp_path)
    assert len(images) == 1
    assert [line.split(":")[0] for line in told] == [
        "data.yaml",
        "test.txt, line 1",
        "test.txt, line 2",
        "labels/train/b.txt",
    ]


def same(written: AnnotatedObject, found: AnnotatedObject) -> bool:
    if isinstance(written.shape, Polygon):
        assert isinstance(found.shape, Polygon)
        return np.allclose(written.shape.parts[0], found.shape.parts[0], atol=1e-4)
    return list(vars(written.shape).values()) == pytest.approx(
        list(vars(found.shape).values()), abs=1e-4
    )


ROUND = {
    "detect": [AnnotatedObject("dog", BoundingBox(10.5, 20, 30, 40.25))],
    "segment": [AnnotatedObject("cat", Polygon((np.array([[1.5, 2], [50, 3], [20, 60]]),)))],
    "obb": [AnnotatedObject("dog", OrientedBox(100, 50, 40, 20, 0.5))],
    "pose": [
        AnnotatedObject("dog", BoundingBox(10, 20, 30, 40), np.array([[5, 6, 2], [7, 8, 1.0]])),
        AnnotatedObject("cat", BoundingBox(10, 20, 30, 40)),
    ],
}


@pytest.mark.parametrize("task", ROUND)
def test_what_is_written_is_read_back(tmp_path: Path, task: str):
    picture(tmp_path / "x/a.jpg")
    picture(tmp_path / "y/a.png")
    names = ("left", "right") if task == "pose" else ()
    vocabulary = Vocabulary(("cat", "dog"), {}, names, ((0, 1),) if names else ())
    images = [
        AnnotatedImage(tmp_path / "x/a.jpg", split="train", objects=tuple(ROUND[task])),
        AnnotatedImage(tmp_path / "y/a.png", split="train", objects=()),
        AnnotatedImage(tmp_path / "y/a.png", split="validation"),
    ]
    assert Yolo.write(images, vocabulary, tmp_path / "out") == []
    found, told, reader = read(tmp_path / "out", strict=True)
    assert (reader.vocabulary, told) == (vocabulary, [])
    assert yaml.safe_load((tmp_path / "out/data.yaml").read_text())["task"] == task
    contents = {image.file.read_bytes() for image in found}
    assert contents == {image.file.read_bytes() for image in images}
    assert [image.split for image in found] == ["train", "train", "validation"]
    by_count = sorted(found, key=lambda image: -len(image.objects or ()))
    assert sorted(map(str, (image.objects for image in by_count[1:]))) == ["()", "None"]
    for written, thing in zip(ROUND[task], by_count[0].objects or (), strict=True):
        assert same(written, thing)
        assert written.label == thing.label
        assert (written.keypoints is None) == (thing.keypoints is None)
        if written.keypoints is not None:
            assert np.allclose(written.keypoints, thing.keypoints, atol=1e-4)


def test_what_yolo_cannot_hold_is_told(tmp_path: Path):
    picture(tmp_path / "a.jpg")
    pixels = np.zeros((6, 9), bool)
    pixels[:3, :4] = pixels[3:, 5:] = True
    things = (
        AnnotatedObject("cat", PixelMask(20, 30, pixels), crowd=True),
        AnnotatedObject(None, Circle(50, 50, 10), attributes={"a": "b"}),
    )
    image = AnnotatedImage(tmp_path / "a.jpg", objects=things)
    told = Yolo.write([image], Vocabulary(), tmp_path / "out")
    assert told == [
        "shapes of the kind PixelMask are written as polygons: 1",
        "crowd, difficult and truncated are not written: 1",
        "shapes of the kind Circle are written as polygons: 1",
        'objects without a class are written as "object": 1',
        "attributes of objects are not written: 1",
        "images without a split are listed as train: 1",
    ]
    images, _, _ = read(tmp_path / "out")
    mask, circle = images[0].objects or ()
    assert mask.shape is not None and circle.shape is not None
    expected = shape_pixels(PixelMask(20, 30, pixels), 100, 200)
    assert (shape_pixels(mask.shape, 100, 200) == expected).all()
    assert circle.label == "object"
