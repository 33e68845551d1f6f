"""COCO JSON: pixels as pycocotools counts them, and everything wrong told in one line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from triptych.frame.errors import DataError
from triptych.multitask.formats import recognize
from triptych.multitask.formats._coco import grouping
from triptych.multitask.formats.coco import Coco
from triptych.multitask.structures.annotated_image import AnnotatedImage, AnnotatedObject
from triptych.multitask.structures.annotations import BoundingBox
from triptych.multitask.structures.import_problems import ImportProblems
from triptych.multitask.structures.rasterize import shape_pixels
from triptych.multitask.structures.shapes import PixelMask, Polygon, shape_box

SQUARE = [10, 10, 20, 10, 20, 20, 10, 20]
Change = Callable[[dict[str, Any]], None]


def annotation(**fields: Any) -> dict[str, Any]:
    return {"id": 1, "image_id": 1, "category_id": 1, **fields}


def document(*annotations: dict[str, Any], **lists: Any) -> dict[str, Any]:
    return {
        "images": [{"id": 1, "file_name": "a.png", "width": 40, "height": 40}],
        "annotations": list(annotations),
        "categories": [{"id": 1, "name": "cat"}],
    } | lists


def write(root: Path, value: Any, name: str = "annotations.json") -> Path:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(value if isinstance(value, str) else json.dumps(value))
    if not (root / "a.png").exists():
        Image.new("L", (40, 40)).save(root / "a.png")
    return root


def read(root: Path, *, strict: bool = False) -> tuple[list[AnnotatedImage], list[str], Coco]:
    problems = ImportProblems(strict=strict)
    reader = Coco(root, problems, root / ".scratch")
    images = list(reader.read())
    return images, list(map(str, problems.examples)), reader


def objects(root: Path, *annotations: dict[str, Any]) -> tuple[list[AnnotatedObject], list[str]]:
    images, told, _ = read(write(root, document(*annotations)))
    return list(images[0].objects or ()), told


def pixels(thing: AnnotatedObject) -> int:
    assert thing.shape is not None
    return int(shape_pixels(thing.shape, 40, 40).sum())


def box(left: float, top: float, right: float, bottom: float) -> BoundingBox:
    return BoundingBox(left, top, right, bottom)


@pytest.mark.filterwarnings("ignore:__array__ implementation")  # of pycocotools, by NumPy
@pytest.mark.parametrize(
    ("corners", "count"),
    [
        (SQUARE, 100),
        ([10.5, 10.5, 20.5, 10.5, 20.5, 20.5, 10.5, 20.5], 100),
        ([10, 10, 20, 10, 10, 20], 45),
    ],
)
def test_pixels_of_polygons_are_those_of_pycocotools(
    tmp_path: Path, corners: list[float], count: int
):
    mask: Any = pytest.importorskip("pycocotools.mask")
    (thing,), told = objects(tmp_path, annotation(segmentation=[corners]))
    theirs = mask.decode(mask.merge(mask.frPyObjects([corners], 40, 40)))
    assert pixels(thing) == count == theirs.sum()
    assert told == []


def test_area_and_box_of_a_polygon_are_its_own(tmp_path: Path):
    given = annotation(segmentation=[[10, 10, 20, 10, 10, 20]], area=400, bbox=[0, 0, 40, 40])
    (thing,), _ = objects(tmp_path, given)
    assert isinstance(thing.shape, Polygon)
    assert thing.shape.area() == 50
    assert shape_box(thing.shape) == box(10, 10, 20, 20)


def test_a_polygon_that_covers_no_pixel_center_keeps_its_box(tmp_path: Path):
    sliver = [10, 10.55, 20, 10.55, 20, 10.95, 10, 10.95]
    things, told = objects(
        tmp_path,
        annotation(segmentation=[sliver], bbox=[10, 10, 10, 1]),
        annotation(id=2, segmentation=[sliver]),
    )
    assert [thing.shape for thing in things] == [box(10, 10, 20, 11), box(10, 10.55, 20, 10.95)]
    assert told == [
        "annotations.json, annotation 1: its segmentation covers no pixel center; its bbox is "
        "used (mended)",
        "annotations.json, annotation 2: its segmentation covers no pixel center; the box around "
        "it is used (mended)",
    ]


def test_polygons_of_one_annotation_are_joined_and_a_ring_is_no_hole(tmp_path: Path):
    outer, inner = [0, 0, 30, 0, 30, 30, 0, 30], SQUARE
    (thing,), _ = objects(tmp_path, annotation(segmentation=[outer, inner]))
    assert pixels(thing) == 900


def test_a_flat_list_is_one_polygon(tmp_path: Path):
    (thing,), told = objects(tmp_path, annotation(segmentation=SQUARE))
    assert (pixels(thing), told) == (100, [])


@pytest.mark.parametrize(
    ("segmentation", "said"),
    [
        ([[10, 10, 20, 20]], "a polygon has 4 numbers; three corners are six"),
        ([[10, 10, 20, 10, 20]], "a polygon has 5 numbers; three corners are six"),
        ([[10, 10, 20, 10, 20, 20, 5]], "a polygon has 7 numbers, which are no pairs"),
        ([[10, 10, 10, 10, 10, 10]], "its segmentation covers no pixel center"),
        ([[]], "its segmentation has no polygon of three corners"),
        ([], "its segmentation has no polygon of three corners"),
        ([[10, 10, 20, 10, float("nan"), 20]], "a polygon has a number that is none, or too large"),
        ([[10, 10, 20, 10, 1e300, 20]], "a polygon has a number that is none, or too large"),
        ("text", "its segmentation has no polygon of three corners"),
        ({"size": [40, 40]}, "the counts of run lengths must be whole numbers or text"),
        ({"size": [40, 40], "counts": [3, 4]}, "the run lengths must add up to 40 × 40"),
        ({"size": [30, 40], "counts": [1200]}, "its run lengths are of [30, 40] (height, width)"),
        ({"size": [40, 40], "counts": [1600]}, "its segmentation covers no pixel center"),
    ],
)
def test_a_damaged_segmentation_is_told_and_the_box_kept_where_there_is_one(
    tmp_path: Path, segmentation: Any, said: str
):
    things, told = objects(
        tmp_path, annotation(segmentation=segmentation), annotation(id="two", bbox=[1, 1, 5, 5])
    )
    assert [thing.shape for thing in things] == [box(1, 1, 6, 6)]
    assert told[0].startswith(f"annotations.json, annotation 1: {said}")
    assert told[-1].endswith(("(object left out)", "outside"))
    things, told = objects(
        tmp_path, annotation(segmentation=segmentation, bbox=[10, 10, 10, 10]), annotation(id=2)
    )
    assert [thing.shape for thing in things] == [box(10, 10, 20, 20)]
    assert "annotation 2: it has neither bbox nor segmentation (object left out)" in told[-1]


def test_a_polygon_of_two_points_beside_a_good_one_is_left_out(tmp_path: Path):
    (thing,), told = objects(tmp_path, annotation(segmentation=[[1, 1, 5, 5], SQUARE]))
    assert pixels(thing) == 100
    assert "4 numbers" in told[0]


def test_run_lengths_are_read_as_list_and_as_text(tmp_path: Path):
    height, width = 4, 5
    image = {"id": 1, "file_name": "a.png", "width": width, "height": height}
    runs = [
        annotation(id=number, segmentation={"size": [4, 5], "counts": counts}, iscrowd=1)
        for number, counts in enumerate([[3, 4, 13], "34="])
    ]
    images, told, _ = read(write(tmp_path, document(*runs, images=[image])))
    expected = np.zeros((4, 5), bool)
    expected[3, 0] = expected[:3, 1] = True
    for thing in images[0].objects or ():
        assert isinstance(thing.shape, PixelMask)
        assert (shape_pixels(thing.shape, 4, 5) == expected).all()
        assert thing.crowd
    assert (len(images[0].objects or ()), told) == (2, [])


def test_classes_are_sorted_by_id_and_zero_is_an_id(tmp_path: Path):
    categories = [{"id": 7, "name": "dog"}, {"id": 3, "name": "cat"}, {"id": 0, "name": "eel"}]
    things = [
        annotation(id=number, category_id=number, bbox=[1, 1, 2, 2], image_id=0)
        for number in (7, 3, 0)
    ]
    images = [{"id": 0, "file_name": "a.png", "width": 40, "height": 40}]
    value = document(*things, categories=categories, images=images)
    read_images, told, reader = read(write(tmp_path, value))
    assert reader.vocabulary.classes == ("eel", "cat", "dog")
    assert [thing.label for thing in read_images[0].objects or ()] == ["dog", "cat", "eel"]
    assert told == []


def test_boxes_are_cut_at_the_image_and_left_out_where_nothing_remains(tmp_path: Path):
    boxes = [[-5, 30, 10, 20], [40, 0, 5, 5], [1, 1, 0, 5], [1, 1, -3, 5], [1, 1, 1e300, 2]]
    things, told = objects(tmp_path, *(annotation(id=n, bbox=b) for n, b in enumerate(boxes)))
    assert [thing.shape for thing in things] == [box(0, 30, 5, 40)]
    assert told == [
        "annotations.json, annotation 0: the box -5, 30, 5, 50 goes beyond the image of 40 × 40 "
        "pixels; it is cut there (mended)",
        "annotations.json, annotation 1: the box 40, 0, 45, 5 lies outside the image of 40 × 40 "
        "pixels (object left out)",
        "annotations.json, annotation 2: the box 1, 1, 1, 6 has no area (object left out)",
        "annotations.json, annotation 3: the box 1, 1, -2, 6 has no area (object left out)",
        "annotations.json, annotation 4: bbox must be four finite numbers, got "
        "[1, 1, 1e+300, 2] (object left out)",
    ]


def test_keypoints_have_names_pairs_and_a_skeleton(tmp_path: Path):
    category = {
        "id": 1,
        "name": "person",
        "keypoints": ["nose", "left_eye", "right_eye"],
        "skeleton": [[1, 2], [1, 3]],
    }
    numbers = [12, 12, 2, 10, 11, 1, 0, 0, 0]
    things = [
        annotation(keypoints=numbers, bbox=[5, 5, 20, 20], num_keypoints=2),
        annotation(id=2, keypoints=[0] * 9, bbox=[5, 5, 20, 20]),
        annotation(id=3, keypoints=numbers[:6], bbox=[5, 5, 20, 20]),
        annotation(id=4, keypoints=[*numbers[:2], 7, *numbers[3:]], bbox=[5, 5, 20, 20]),
        annotation(id=5, keypoints=numbers),
    ]
    images, told, reader = read(write(tmp_path, document(*things, categories=[category])))
    vocabulary = reader.vocabulary
    assert vocabulary.keypoints == ("nose", "left_eye", "right_eye")
    assert vocabulary.keypoint_pairs == ((1, 2),)
    assert vocabulary.skeleton == ((0, 1), (0, 2))
    first, second, third, fourth, fifth = images[0].objects or ()
    assert first.keypoints is not None and first.keypoints.ravel().tolist() == numbers
    assert second.keypoints is third.keypoints is fourth.keypoints is None
    assert fifth.shape is None and fifth.keypoints is not None
    assert [line.split(":")[0] for line in told] == [
        "annotations.json, annotation 3",
        "annotations.json, annotation 4",
    ]


def test_flags_attributes_and_scores_are_kept(tmp_path: Path):
    given = annotation(
        bbox=[1, 1, 5, 5], score=0.5, attributes={"occluded": True, "age": 3, "odd": [1]}
    )
    (thing,), _ = objects(tmp_path, given)
    assert thing.attributes == {"occluded": "true", "age": "3"}
    assert (thing.score, thing.crowd, thing.difficult) == (0.5, False, False)


def test_files_of_one_folder_are_the_splits(tmp_path: Path):
    for split, folder in (("train", "train2017"), ("val", "val2017")):
        (tmp_path / folder).mkdir()
        Image.new("L", (40, 40)).save(tmp_path / folder / "a.png")
        write(tmp_path, document(), f"annotations/instances_{split}2017.json")
    (tmp_path / "a.png").unlink()
    write(tmp_path, document(), "annotations/captions_train2017.json")
    (tmp_path / "a.png").unlink()
    assert recognize(tmp_path) == "coco"
    images, told, _ = read(tmp_path)
    assert [(str(image.file.relative_to(tmp_path)), image.split) for image in images] == [
        ("train2017/a.png", "train"),
        ("val2017/a.png", "validation"),
    ]
    assert images[0].objects == ()
    assert len(told) == 1 and "captions_train2017.json" in told[0] and "(noticed)" in told[0]


def test_folders_of_splits_with_a_file_in_each_are_read(tmp_path: Path):
    for split in ("train", "valid", "test"):
        folder = tmp_path / split
        write(folder, document(), "_annotations.coco.json")
    images, told, _ = read(tmp_path)
    assert [image.split for image in images] == ["test", "train", "validation"]
    assert told == []


def test_pictures_without_a_list_of_annotations_are_unlabelled(tmp_path: Path):
    value = document()
    del value["annotations"]
    images, _, _ = read(write(tmp_path, value, "image_info_test2017.json"))
    assert images[0].objects is None
    assert images[0].split == "test"


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (
            lambda value: value["images"].append(value["images"][0] | {"file_name": "b.png"}),
            "annotations.json, image 1: its id comes twice; the first is used (image left out)",
        ),
        (
            lambda value: value["images"].append({"id": 2, "file_name": "gone.png"}),
            "annotations.json, image 2: there is no picture gone.png in {root} (image left out)",
        ),
        (
            lambda value: value["images"].append({"id": 2, "file_name": "../../etc/passwd"}),
            "annotations.json, image 2: there is no picture ../../etc/passwd in {root} "
            "(image left out)",
        ),
        (
            lambda value: value["images"].append({"id": 2, "file_name": "a.png"}),
            "annotations.json, image 2: the picture a.png comes twice; the first is used "
            "(image left out)",
        ),
        (
            lambda value: value["images"].append({"file_name": "a.png"}),
            "annotations.json, image no. 2: it has no id (image left out)",
        ),
        (
            lambda value: value["images"].append([[[[]]]]),
            "annotations.json, image no. 2: it has no id (image left out)",
        ),
        (
            lambda value: value["images"].append({"id": 2}),
            "annotations.json, image 2: no file_name (image left out)",
        ),
        (
            lambda value: value["images"][0].pop("width"),
            "annotations.json, image 1: its width and height are missing; those of the picture "
            "are used (mended)",
        ),
        (
            lambda value: value["annotations"].append(value["annotations"][0]),
            "annotations.json, annotation 1: its id comes twice; both are used (mended)",
        ),
        (
            lambda value: value["annotations"].append(annotation(id=2, image_id=5)),
            "annotations.json, annotation 2: there is no image of the id 5 (object left out)",
        ),
        (
            lambda value: value["annotations"].append(annotation(id=2, category_id=5)),
            "annotations.json, annotation 2: there is no category of the id 5 (object left out)",
        ),
        (
            lambda value: value["annotations"].append(17),
            "annotations.json, annotation no. 2: there is no image of the id null "
            "(object left out)",
        ),
        (
            lambda value: value["categories"].append({"id": 1, "name": "dog"}),
            "annotations.json, category 1: its id comes twice; the first is used (mended)",
        ),
        (
            lambda value: value["categories"].append({"id": 2}),
            "annotations.json, category 2: it has no name; it is called 2 (mended)",
        ),
        (
            lambda value: value["annotations"][0].update(segmentation=[[[[[[]]]]]]),
            "annotations.json, annotation 1: a polygon has a number that is none, or too large; "
            "this polygon is left out (mended)",
        ),
    ],
)
@pytest.mark.parametrize("largest", [grouping.LARGEST_WHOLE, 0], ids=["whole", "streamed"])
def test_what_is_wrong_is_told_in_one_line_and_the_rest_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Change, line: str, largest: int
):
    monkeypatch.setattr(grouping, "LARGEST_WHOLE", largest)
    value = document(annotation(bbox=[1, 1, 5, 5]))
    change(value)
    write(tmp_path, value)
    images, told, _ = read(tmp_path)
    assert told[0] == line.format(root=tmp_path)
    assert len(images) == 1
    shapes = {thing.shape for thing in images[0].objects or ()}
    assert shapes == {box(1, 1, 6, 6)}
    with pytest.raises(DataError, match=r"Mend it, or leave out --strict\.$"):
        read(tmp_path, strict=True)


@pytest.mark.parametrize("largest", [grouping.LARGEST_WHOLE, 0], ids=["whole", "streamed"])
@pytest.mark.parametrize(
    "text",
    [
        json.dumps(document())[:-20],
        json.dumps(document())[:60],
        "",
        "[]",
        "null",
        '{"images": {}, "annotations": [], "categories": []}',
        '{"shapes": [], "imagePath": "a.png"}',
        "[" * 100_000,
        '{"images": [{"id": 1, "file_name": "a.png", "x": ' + "[" * 100_000,
        "\x00\x01",
    ],
)
def test_a_file_that_is_none_is_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, largest: int
):
    monkeypatch.setattr(grouping, "LARGEST_WHOLE", largest)
    write(tmp_path, text)
    with pytest.raises(DataError) as error:
        list(Coco(tmp_path / "annotations.json", ImportProblems(), tmp_path / ".s").read())
    assert "annotations.json" in str(error.value)
    assert "\n" not in str(error.value)


def test_of_several_files_a_damaged_one_is_left_out(tmp_path: Path):
    write(tmp_path / "train", document(), "train.json")
    write(tmp_path / "val", json.dumps(document())[:-30], "val.json")
    images, told, _ = read(tmp_path)
    assert [image.split for image in images] == ["train"]
    assert "val/val.json" in told[0] and told[0].endswith("(file left out)")


@pytest.mark.parametrize("largest", [grouping.LARGEST_WHOLE, 0], ids=["whole", "streamed"])
def test_nan_is_told_and_the_rest_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, largest: int
):
    monkeypatch.setattr(grouping, "LARGEST_WHOLE", largest)
    boxes = [[1, 1, float("nan"), 5], [1, 1, float("-inf"), 5], [2, 2, 2, 2]]
    things = [annotation(id=number, bbox=each) for number, each in enumerate(boxes)]
    images, told, _ = read(write(tmp_path, document(*things)))
    assert [thing.shape for thing in images[0].objects or ()] == [box(2, 2, 4, 4)]
    assert [line.split(":")[0] for line in told] == [
        "annotations.json, annotation 0",
        "annotations.json, annotation 1",
    ]


def test_where_no_picture_is_there_the_folder_is_asked_for(tmp_path: Path):
    write(tmp_path, document(), "annotations/train.json")
    with pytest.raises(DataError, match=r"None of the 1 pictures .* Name the folder that holds"):
        read(tmp_path / "annotations")


def test_pictures_of_another_machine_are_found_by_their_last_parts(tmp_path: Path):
    for split in ("one", "two"):
        (tmp_path / "p" / split).mkdir(parents=True)
        Image.new("L", (40, 40)).save(tmp_path / "p" / split / "b.png")
    names = ["C:\\data\\one\\b.png", "/home/anna/two/b.png"]
    images = [
        {"id": n, "file_name": name, "width": 40, "height": 40} for n, name in enumerate(names)
    ]
    found, told, _ = read(write(tmp_path, document(images=images)))
    assert [image.file.parent.name for image in found] == ["one", "two"]
    assert told == []


def test_frames_of_a_video_are_one_group(tmp_path: Path):
    image = {"id": 1, "file_name": "a.png", "width": 40, "height": 40, "video_id": 3}
    images, _, _ = read(write(tmp_path, document(images=[image])))
    assert images[0].group == "3"


def test_other_json_is_not_recognized(tmp_path: Path):
    (tmp_path / "a.json").write_text('{"version": "6.3.1", "shapes": [], "imagePath": "a.png"}')
    (tmp_path / "b.json").write_text('[{"annotations": [], "data": {"image": "a.png"}}]')
    assert Coco.recognizes(tmp_path) == 0
    write(tmp_path, document())
    assert Coco.recognizes(tmp_path) == Coco.recognizes(tmp_path / "annotations.json") == 3


def test_progress_comes_to_its_end(tmp_path: Path):
    events = []
    list(Coco(write(tmp_path, document()), ImportProblems(), tmp_path / ".s").read(events.append))
    assert (events[-1].done, events[-1].total) == (1, 1)
