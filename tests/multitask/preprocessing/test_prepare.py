"""From photographs to canvases and back to the photograph's own pixels."""

import cv2
import numpy as np
import pytest

from triptych.multitask.preprocessing.prepare import prepare_ink

SIZE = (28, 28)


def photograph(height: int, width: int, *corners: tuple[int, int], side: int) -> np.ndarray:
    """Squares of dark ink, hollow, on shaded paper, with their left upper corners at (x, y)."""
    image = np.tile(np.linspace(230, 140, width), (height, 1))
    for x, y in corners:
        cv2.rectangle(image, (x, y), (x + side, y + side), 30.0, max(2, side // 8))
    return image.astype(np.uint8)


@pytest.mark.parametrize("zoom", [1, 2.5, 8])
def test_boxes_and_masks_come_back_in_the_photographs_pixels(zoom: float) -> None:
    side, left, top = round(40 * zoom), round(60 * zoom), round(30 * zoom)
    image = photograph(round(120 * zoom), round(200 * zoom), (left, top), side=side)
    (one,) = prepare_ink(image, SIZE)
    assert one.canvas.shape == (28, 28, 1) and one.canvas.max() > 230 and one.inverted
    rows, columns = np.nonzero(one.canvas[..., 0] > 127)
    box = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1], dtype=np.float32)
    edge = max(1, side // 16) + side / 20 * 1.5  # half the pen, and a pixel of the canvas
    expected = [left, top, left + side, top + side]
    assert one.placement.box_to_original(box) == pytest.approx(expected, abs=edge)
    mask = one.placement.mask_to_original(one.canvas[..., 0].astype(np.float32) / 255)
    ink = image < 60
    assert mask.shape == image.shape
    assert (mask & ink).sum() / (mask | ink).sum() > 0.85
    circle = one.placement.circle_to_original(np.array([14.0, 14.0, 10.0], np.float32))
    assert circle[:2] == pytest.approx([left + side / 2, top + side / 2], abs=edge)


def test_a_thin_pens_boxes_circles_and_masks_are_not_those_of_its_thickened_strokes() -> None:
    image = np.full((500, 500), 220, np.uint8)
    cv2.rectangle(image, (100, 100), (399, 399), 40, 3)
    (one,) = prepare_ink(image, SIZE)
    pixel = 1 / one.placement.scale
    rows, columns = np.nonzero(one.canvas[..., 0] > 127)
    assert one.canvas[14, 3:9].max() > 200 and pixel > 10  # broader than 3 of 300 pixels
    box = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1], np.float32)
    expected = [98.5, 98.5, 401.5, 401.5]
    assert one.placement.box_to_original(box) == pytest.approx(expected, abs=0.5 * pixel)
    half = (columns.max() + 1 - columns.min()) / 2
    circle = one.placement.circle_to_original(np.array([14, 14, half], np.float32))
    assert circle == pytest.approx([250, 250, 151.5], abs=0.5 * pixel)
    mask = one.placement.mask_to_original(one.canvas[..., 0].astype(np.float32) / 255)
    assert (mask & (image < 130)).sum() / (mask | (image < 130)).sum() > 0.85


def test_each_character_has_a_canvas_in_reading_order() -> None:
    corners = [(10, 10), (90, 14), (10, 80), (90, 84)]
    found = prepare_ink(photograph(140, 200, *corners[::-1], side=40), SIZE)
    boxes = [one.placement.box_to_original(np.array([4, 4, 24, 24], np.float32)) for one in found]
    assert len(found) == 4
    for box, (x, y) in zip(boxes, corners):
        assert box[:2] == pytest.approx([x, y], abs=6)


def test_a_digit_that_is_prepared_already_comes_back_as_it_is() -> None:
    digit = np.zeros(SIZE, np.uint8)
    digit[5:22, 9:15] = 200
    (one,) = prepare_ink(digit, SIZE)
    assert np.array_equal(one.canvas[..., 0], digit) and not one.inverted
    box = np.array([9, 5, 15, 22], np.float32)
    assert np.array_equal(one.placement.box_to_original(box), box)


def test_nothing_is_written_on_an_empty_sheet() -> None:
    assert prepare_ink(np.full((300, 200), 255, np.uint8), SIZE) == []
    assert prepare_ink(np.full((500, 1), 255, np.uint8), SIZE) == []


def test_what_is_known_of_the_ink_is_obeyed() -> None:
    image = photograph(120, 200, (60, 30), side=40)
    assert all(one.inverted for one in prepare_ink(image, SIZE, invert="yes"))
    assert not any(one.inverted for one in prepare_ink(image, SIZE, invert="no"))
    assert not prepare_ink(255 - image, SIZE)[0].inverted
