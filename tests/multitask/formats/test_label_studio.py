import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.multitask.formats._compare import only_problem, picture, read, sides

from triptych.frame.errors import DataError
from triptych.multitask.formats import recognize
from triptych.multitask.formats._label_studio.brush import brush_mask
from triptych.multitask.formats.label_studio import LabelStudio
from triptych.multitask.structures.annotated_image import AnnotatedImage
from triptych.multitask.structures.annotations import BoundingBox, Circle
from triptych.multitask.structures.rasterize import shape_pixels
from triptych.multitask.structures.shapes import OrientedBox, PixelMask, Polygon

SIZE = {"original_width": 200, "original_height": 100}
ROUND = {"x": 50, "y": 50, "radiusX": 5, "radiusY": 10, "rotation": 0}
BOX = {"x": 50, "y": 10, "width": 20, "height": 40}


def result(kind: str, value: Any, labels: Any = ("cell",), **more: Any) -> dict[str, Any]:
    named = {**value, kind: list(labels)} if kind.endswith("labels") else value
    return {"type": kind, "from_name": "tag", "to_name": "image", "value": named} | SIZE | more


def task(*results: Any, image: Any = "/data/upload/1/abcdef12-a.png", **more: Any) -> Any:
    annotation = {"id": 1, "completed_by": 1, "result": list(results), "was_cancelled": False}
    return {"id": 7, "annotations": [annotation], "data": {"image": image}} | more


def write(tmp_path: Path, *tasks: Any) -> Path:
    picture(tmp_path / "set" / "images" / "a.png", 200, 100)
    (tmp_path / "set" / "export.json").write_text(json.dumps(list(tasks)))
    return tmp_path / "set"


def image_of(tmp_path: Path, *results: Any) -> AnnotatedImage:
    (image,), problems, _ = read("label-studio", write(tmp_path, task(*results)))
    assert not problems.examples
    return image


def packed(values: np.ndarray, lengths: tuple[int, ...] = (3, 4, 8, 16)) -> list[int]:
    """Bytes as runs, by the description of the format: literals for runs shorter than three."""
    bits = [f"{len(values):032b}", f"{7:05b}", *(f"{length - 1:04b}" for length in lengths)]
    starts = np.flatnonzero(np.diff(values, prepend=int(values[0]) + 1))
    runs = list(zip(starts.tolist(), np.diff(starts, append=len(values)).tolist()))
    position = 0
    while position < len(runs):
        start, count = runs[position]
        position += 1
        literal = count < 3
        while literal and position < len(runs) and runs[position][1] < 3:
            count += runs[position][1]
            position += 1
        while count:
            index = next((i for i, n in enumerate(lengths) if count <= 1 << n), len(lengths) - 1)
            part = min(count, 1 << lengths[index])
            bits.append(f"{int(not literal)}{index:02b}{part - 1:0{lengths[index]}b}")
            written = values[start : start + (part if literal else 1)]
            bits += [f"{value:08b}" for value in written]
            start, count = start + part, count - part
    text = "".join(bits)
    text += "0" * (-len(text) % 8)
    return [int(text[at : at + 8], 2) for at in range(0, len(text), 8)]


def brush(mask: np.ndarray) -> list[int]:
    rgba = np.zeros((*mask.shape, 4), np.uint8)
    rgba[mask] = [7, 8, 9, 255]
    return packed(rgba.ravel())


def test_an_ellipse_has_its_center_in_percent_of_both_sides(tmp_path: Path):
    image = image_of(tmp_path, result("ellipselabels", ROUND))
    assert (image.width, image.height) == (200, 100)
    assert image.objects is not None
    (thing,) = image.objects
    assert (thing.label, thing.shape) == ("cell", Circle(100, 50, 10))
    assert sides(thing) == [90, 40, 110, 60]


@pytest.mark.parametrize(
    ("rotation", "expected"),
    [(0, [100, 10, 140, 50]), (30, [80, 10, 134.641, 64.641]), (90, [60, 10, 100, 50])],
)
def test_a_rectangle_turns_about_its_corner(tmp_path: Path, rotation: float, expected: list[float]):
    image = image_of(tmp_path, result("rectanglelabels", BOX | {"rotation": rotation}))
    assert image.objects is not None
    (thing,) = image.objects
    assert isinstance(thing.shape, OrientedBox if rotation else BoundingBox)
    np.testing.assert_allclose(sides(thing), expected, atol=1e-3)


def test_a_polygon_is_in_percent(tmp_path: Path):
    drawn = result("polygonlabels", {"points": [[10, 10], [20, 10], [10, 50]], "closed": True})
    image = image_of(tmp_path, drawn)
    assert image.objects is not None
    (thing,) = image.objects
    assert isinstance(thing.shape, Polygon)
    assert thing.shape.parts[0].tolist() == [[20, 10], [40, 10], [20, 50]]


def test_a_brush_is_every_fourth_byte(tmp_path: Path):
    mask = np.zeros((100, 200), bool)
    mask[10:20, 30:60] = True
    drawn = result("brushlabels", {"format": "rle", "rle": brush(mask)})
    image = image_of(tmp_path, drawn)
    assert image.objects is not None
    (thing,) = image.objects
    assert thing.shape is not None
    assert sides(thing) == [30, 10, 60, 20]
    assert np.array_equal(shape_pixels(thing.shape, 100, 200), mask)


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_brushes_of_noise_are_read_exactly(share: float):
    mask = np.random.default_rng(3).random((37, 53)) < share
    mask[0, 0] = mask[-1, -1] = True
    again = brush_mask(brush(mask), 37, 53)
    assert np.array_equal(again.pixels, mask)
    values = np.random.default_rng(4).integers(0, 3, 37 * 53 * 4).astype(np.uint8)
    again = brush_mask(packed(values, (1, 5, 9, 12)), 37, 53)
    expected = values[3::4].reshape(37, 53) != 0
    same = PixelMask.of(expected)
    assert (again.left, again.top) == (same.left, same.top)
    assert np.array_equal(again.pixels, same.pixels)


def test_a_brush_of_a_million_pixels_is_fast():
    rows, columns = np.mgrid[:1000, :1000]
    runs = brush((rows - 500) ** 2 + (columns - 500) ** 2 < 400**2)
    start = time.process_time()
    brush_mask(runs, 1000, 1000)
    assert time.process_time() - start < 1


def test_shape_labels_and_choices_of_one_id_belong_together(tmp_path: Path):
    image = image_of(
        tmp_path,
        result("ellipse", ROUND, id="r"),
        result("labels", {**ROUND, "labels": ["coin"]}, ["coin"], id="r"),
        result("choices", {**ROUND, "choices": ["worn"]}, id="r", from_name="state"),
        result("textarea", {"text": ["anything"]}, id="r"),
        result("rating", {"rating": 4}, from_name="stars"),
        {"type": "relation", "from_id": "r", "to_id": "r", "direction": "right"},
    )
    assert image.objects is not None
    (thing,) = image.objects
    assert (thing.label, thing.attributes) == ("coin", {"state": "worn"})
    assert (image.label, image.attributes) == (None, {"stars": "4"})


def test_choices_say_the_class_of_an_image_and_its_attributes(tmp_path: Path):
    choices = [
        result("choices", {"choices": ["day"]}, from_name="time"),
        result("choices", {"choices": ["cat"]}, from_name="class"),
        result("choices", {"choices": ["wet", "cold"]}, from_name="weather"),
    ]
    (image,), _, vocabulary = read("label-studio", write(tmp_path, task(*choices)))
    assert image.label == "cat"
    assert image.attributes == {"time": "day", "weather/wet": "true", "weather/cold": "true"}
    assert vocabulary.classes == ("cat",)


def test_keypoints_belong_to_the_region_above_them(tmp_path: Path):
    point = {"x": 10, "y": 20, "width": 0.5}
    path = write(
        tmp_path,
        task(
            result("rectanglelabels", BOX, ["face"], id="f"),
            result("keypointlabels", point, ["nose"], id="n", parentID="f"),
            result("keypointlabels", point, ["seed"], id="s"),
        ),
    )
    (image,), _, vocabulary = read("label-studio", path)
    assert image.objects is not None
    face, seed = image.objects
    assert face.keypoints is not None
    assert seed.keypoints is not None
    assert vocabulary.keypoints == ("point", "nose")
    assert face.keypoints.tolist() == [[0, 0, 0], [20, 20, 2]]
    assert (seed.label, seed.keypoints.tolist()) == ("seed", [[20, 20, 2]])


def test_the_latest_annotation_that_was_not_cancelled_counts(tmp_path: Path):
    def annotation(label: str, when: str, **more: Any) -> Any:
        return {"result": [result("ellipselabels", ROUND, [label])], "updated_at": when} | more

    given = [
        annotation("new", "2026-02-01"),
        annotation("old", "2026-01-01"),
        annotation("cancelled", "2026-03-01", was_cancelled=True),
    ]
    (image,), _, _ = read("label-studio", write(tmp_path, task(annotations=given)))
    assert image.objects is not None
    assert [thing.label for thing in image.objects] == ["new"]
    marked = [*given, annotation("truth", "2025-01-01", ground_truth=True)]
    (image,), _, _ = read("label-studio", write(tmp_path, task(annotations=marked)))
    assert image.objects is not None
    assert [thing.label for thing in image.objects] == ["truth"]


def test_a_task_that_nobody_annotated_is_unknown_and_predictions_are_not_read(tmp_path: Path):
    guess = [{"result": [result("ellipselabels", ROUND)], "score": 0.9}]
    path = write(tmp_path, task(annotations=[], predictions=guess))
    (image,), problems, _ = read("label-studio", path, strict=True)
    assert image.objects is None
    assert "predictions are not read" in str(problems.examples[0])
    (image,), _, _ = read("label-studio", write(tmp_path, task()))
    assert image.objects == ()


@pytest.mark.parametrize(
    "address",
    [
        "/data/local-files/?d=images/a.png",
        "/data/local-files/?d=some%20where/images/a.png",
        "/data/upload/1/abcdef12-a.png",
        "s3://bucket/deep/a.png",
        "gs://bucket/a.png",
        "https://example.org/x/a.png?token=1",
        "C:\\pictures\\a.png",
        "a.png",
    ],
)
def test_pictures_are_found_by_the_addresses_that_tasks_give_them(tmp_path: Path, address: str):
    (image,), problems, _ = read("label-studio", write(tmp_path, task(image=address)))
    assert not problems.examples
    assert image.file == (tmp_path / "set" / "images" / "a.png").resolve()


def test_a_file_alone_and_its_folder_are_recognized(tmp_path: Path):
    path = write(tmp_path, task(result("ellipselabels", ROUND)))
    assert recognize(path) == "label-studio"
    assert recognize(path / "export.json") == "label-studio"
    (path / "export.json").write_text('{"images": [], "annotations": []}')
    assert LabelStudio.recognizes(path) == 0
    with pytest.raises(DataError, match="no export of Label Studio"):
        read("label-studio", path)


OPEN = {"points": [[1, 1], [9, 2], [3, 7]], "closed": False}
SHORT = brush(np.ones((100, 200), bool))
BAD = [
    (result("ellipselabels", ROUND | {"x": None}), "no numbers", "None"),
    (result("ellipselabels", ROUND | {"x": float("nan")}), "no numbers", "None"),
    (result("ellipselabels", ROUND | {"x": 1e300}), "no numbers", "1e+300"),
    (result("ellipselabels", ROUND | {"radiusX": -5}), "shape of no area", "-10"),
    (result("rectanglelabels", BOX | {"width": 0}), "shape of no area", "0 × 40"),
    (result("rectanglelabels", BOX | {"rotation": "x"}), "no numbers", "rotation"),
    (result("polygonlabels", {"points": [[1, 1], [2, 2]]}), "number of points", "got 2"),
    (result("polygonlabels", OPEN), "shape without area", "closed"),
    (result("brushlabels", {"rle": None}), "damaged brush", "None"),
    (result("brushlabels", {"rle": [1, 2, 300]}), "damaged brush", "300"),
    (result("brushlabels", {"rle": []}), "size of a mask", "holds 0"),
    (result("brushlabels", {"rle": SHORT[:-1]}), "damaged brush", "end after"),
    (result("brushlabels", {"rle": SHORT[:4]}), "damaged brush", "bits"),
    (result("brushlabels", {"rle": brush(np.ones((3, 3), bool))}), "size of a mask", "36 bytes"),
    (result("brushlabels", {"rle": brush(np.zeros((100, 200), bool))}), None, "no pixel"),
    (result("brushlabels", {"format": "png"}), "unknown brush", "'png'"),
    (result("ellipselabels", ROUND, []), "label without name", "got none"),
    (result("ellipselabels", ROUND, ["a", "b"]), "several labels", "a and b"),
    (result("videorectangle", {"sequence": []}), "unknown shape", "videorectangle"),
    (result("ellipselabels", ROUND, image_rotation=90), "region of a turned image", "90"),
    (result("labels", {"labels": ["a"]}, ["a"], id="x"), "label without shape", "no shape"),
    ("text", "no shape", "'text'"),
    ({"type": "ellipselabels", "value": 7}, "no shape", "type and value"),
]


@pytest.mark.parametrize(("bad", "kind", "told"), BAD)
def test_a_bad_result_is_told_and_the_others_are_read(
    tmp_path: Path, bad: Any, kind: str | None, told: str
):
    path = write(tmp_path, task(result("ellipselabels", ROUND), bad))
    _, problems, _ = read("label-studio", path)
    line = only_problem("label-studio", path, kind or problems.examples[0].kind)
    assert line.startswith("export.json, task 7, result 2: ")
    assert told in line
    (image,), _, _ = read("label-studio", path)
    assert image.objects is not None
    assert len(image.objects) == 1 + (kind in ("label without name", "several labels"))


BAD_TASKS = [
    (task(image="/data/upload/1/gone.png"), "missing picture"),
    (task(image="../../etc/passwd"), "missing picture"),
    (task(image="/data/local-files/?d=../../etc/passwd"), "missing picture"),
    (task(image=None), "missing picture"),
    (task(image="http://[broken"), "missing picture"),
    (task(image="data:image/png;base64,AAAA"), "missing picture"),
    (task(data=7), "missing picture"),
    (task(), "picture that comes twice"),
    ({"image": "a.png", "label": [BOX], "id": 9}, "damaged task"),
    (7, "damaged task"),
]


@pytest.mark.parametrize(("bad", "kind"), BAD_TASKS)
def test_a_bad_task_is_told_and_the_others_are_read(tmp_path: Path, bad: Any, kind: str):
    path = write(tmp_path, task(result("ellipselabels", ROUND)), bad)
    assert only_problem("label-studio", path, kind).startswith("export.json, task ")
    assert len(read("label-studio", path)[0]) == 1


@pytest.mark.parametrize("value", [-3, 0, "wide", 1e9])
def test_the_size_is_that_of_the_picture_where_results_state_none(tmp_path: Path, value: Any):
    drawn = result("ellipselabels", ROUND)
    path = write(tmp_path, task({key: drawn[key] for key in ("type", "value")}))
    (image,), _, _ = read("label-studio", path)
    assert image.objects is not None
    assert image.objects[0].shape == Circle(100, 50, 10)
    path = write(tmp_path, task(drawn | {"original_width": value}))
    only_problem("label-studio", path, "size of an image")


def test_a_damaged_annotation_is_told(tmp_path: Path):
    path = write(tmp_path, task(annotations=[7, {"result": None}]))
    assert "2 of its" in only_problem("label-studio", path, "damaged annotation")


@pytest.mark.parametrize("content", [b"", b"[{", b"[[" * 50_000, b"\xff", b"7", b"{}"])
def test_a_bad_file_is_told(tmp_path: Path, content: bytes):
    path = write(tmp_path)
    (path / "export.json").write_bytes(content)
    _, problems, _ = read("label-studio", path / "export.json")
    assert "export.json" in only_problem(
        "label-studio", path / "export.json", problems.examples[0].kind
    )
