"""The page of a check shows what was noticed, whatever the names are."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from triptych.multitask.check.presentation.drawing import draw_example_box, draw_truth
from triptych.multitask.check.presentation.page import check_page
from triptych.multitask.check.presentation.sheet import annotated_sheet
from triptych.multitask.check.report import check_annotated
from triptych.multitask.structures.annotated_image import AnnotatedImage, AnnotatedObject, ClassMap
from triptych.multitask.structures.annotations import BoundingBox, Circle
from triptych.multitask.structures.shapes import Ellipse, OrientedBox, PixelMask, Polygon, Shape

SHAPES: list[Shape] = [
    BoundingBox(10, 8, 50, 40),
    Circle(30, 24, 16),
    Ellipse(30, 24, 20, 8, 0.5),
    OrientedBox(30, 24, 30, 14, 0.5),
    Polygon((np.array([[10.0, 8], [50, 10], [30, 40]]),)),
    PixelMask(10, 8, np.ones((20, 30), bool)),
]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: type(shape).__name__)
def test_every_kind_of_shape_is_drawn_in_its_place(paint: Callable[..., Path], shape: Shape):
    file = paint("a.png", 1)
    plain = draw_truth(AnnotatedImage(file), ["a"])
    drawn = draw_truth(AnnotatedImage(file, objects=(AnnotatedObject("a", shape),)), ["a"])
    zoom = plain.shape[1] // 64
    rows, columns = np.nonzero((drawn[: 48 * zoom] != plain[: 48 * zoom]).any(2))
    assert len(rows) > 50
    # the class is written above it
    assert columns.min() >= 7 * zoom and columns.max() <= 53 * zoom and rows.max() <= 43 * zoom


def test_keypoints_that_are_known_are_joined(paint: Callable[..., Path]):
    file = paint("a.png", 1)
    points = np.array([[10, 10, 2], [50, 10, 1], [10, 40, 0]], np.float32)
    image = AnnotatedImage(file, objects=(AnnotatedObject("a", keypoints=points),))
    plain, dots = draw_truth(AnnotatedImage(file), ["a"]), draw_truth(image, ["a"], named=False)
    joined = draw_truth(image, ["a"], named=False, skeleton=[(0, 1), (0, 2), (1, 7)])
    zoom = plain.shape[1] // 64
    assert (dots != plain).any()
    rows, columns = np.nonzero((joined != dots).any(2))
    assert abs(rows.mean() - 10 * zoom) < zoom and columns.max() < 51 * zoom


def test_large_pictures_are_drawn_smaller_and_shapes_follow(paint: Callable[..., Path]):
    file = paint("a.jpg", 1, 2000, 1000)
    box = BoundingBox(1000, 500, 1990, 990)
    plain = draw_truth(AnnotatedImage(file), ["a"], side=400)
    drawn = draw_truth(
        AnnotatedImage(file, objects=(AnnotatedObject("a", box),)), ["a"], side=400, named=False
    )
    assert drawn.shape == (200, 400, 3)
    rows, columns = np.nonzero((drawn != plain).any(2))
    assert abs(columns.min() - 200) < 4 and abs(rows.min() - 100) < 4


def test_a_box_that_is_far_away_is_drawn_at_the_edge(paint: Callable[..., Path]):
    image = AnnotatedImage(paint("a.png", 1))
    near = draw_example_box(image, (60, 10, 90, 30))
    far = draw_example_box(image, (1e6, 10, 1e7, 30))
    assert near.shape[1] > 90 and far.shape[1] < 1000


def test_the_page_shows_findings_and_escapes_names(
    registered, paint: Callable[..., Path], tmp_path: Path
):
    name = "<b>&'.png"
    thing = AnnotatedObject("<script>", BoundingBox(-30, 0, 20, 20))
    images = [
        AnnotatedImage(paint(name, 1), split="train", objects=(thing,)),
        AnnotatedImage(paint("copy.png", 1), split="test", objects=(thing,)),
        AnnotatedImage(tmp_path / "set" / "gone.png", objects=(thing,)),
    ]
    registered(images)
    page = check_page([check_annotated(tmp_path / "set", "made-up")])
    assert "<script>" not in page and "<b>&" not in page
    for words in ("Data check failed", "&lt;script&gt;", "object beyond the edge", "gone.png"):
        assert words in page
    # two pairs or boxes drawn at the least, and the chart for light and dark
    assert page.count("data:image/jpeg") >= 3 and page.count("data:image/svg") == 2


def test_a_sheet_shows_masks_and_pictures_that_cannot_be_read(
    annotate, paint: Callable[..., Path], tmp_path: Path
):
    from PIL import Image

    file = paint("a.png", 1)
    mask = tmp_path / "set" / "mask.png"
    values = np.zeros((48, 64), np.uint8)
    values[10:30, 10:40] = 3
    Image.fromarray(values).save(mask)
    broken = paint("b.png", 2)
    broken.write_bytes(b"no")
    images = [
        AnnotatedImage(file, mask=ClassMap(mask, {0: "", 3: "cell"})),
        AnnotatedImage(broken, mask=ClassMap(mask, {3: "cell"})),
    ]
    sheet = annotated_sheet(annotate(images), None, 5, "two")
    assert sheet.shape[2] == 3 and sheet.std() > 0
