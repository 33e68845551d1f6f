"""Shapes on a transparent square, with soft edges."""

import numpy as np
import pytest

from triptych.multitask.synthesis.canvas import Canvas, spline_points

RED, BLUE = (255, 0, 0), (0, 0, 255)


def test_an_empty_canvas_is_transparent_in_its_background_color():
    rgba = Canvas(6, background=BLUE).to_rgba()
    assert rgba.shape == (6, 6, 4)
    assert (rgba == (*BLUE, 0)).all()


def test_an_ellipse_has_its_area_and_its_place():
    canvas = Canvas(40, background=RED)
    canvas.ellipse((25, 15), (10, 5), RED)
    alpha = canvas.to_rgba()[..., 3] / 255
    assert alpha.sum() == pytest.approx(np.pi * 50, rel=0.03)
    rows, columns = np.nonzero(alpha > 0.5)
    assert columns.mean() + 0.5 == pytest.approx(25, abs=0.2)
    assert rows.mean() + 0.5 == pytest.approx(15, abs=0.2)


def test_a_disk_is_lit_from_the_upper_left():
    canvas = Canvas(40, background=RED)
    canvas.shaded_disk((20, 20), 15, (255, 255, 255), (0, 0, 0))
    grey = canvas.to_rgba()[..., 0].astype(int)
    assert grey[13, 13] > grey[20, 20] > grey[28, 28]


def test_a_shape_covers_what_was_there():
    canvas = Canvas(20, background=RED)
    canvas.ellipse((10, 10), (8, 8), RED)
    canvas.curve([(2, 10), (18, 10)], BLUE, 4)
    rgba = canvas.to_rgba()
    assert tuple(rgba[10, 10]) == (*BLUE, 255) and tuple(rgba[4, 10]) == (*RED, 255)


def test_a_path_of_straight_sides_is_filled():
    canvas = Canvas(20, background=RED)
    corners = [(4, 4), (16, 4), (16, 16), (4, 16), (4, 4)]
    canvas.filled_path(*(corners[i : i + 2] for i in range(4)), color=RED)
    assert (canvas.to_rgba()[..., 3] / 255).sum() == pytest.approx(144, rel=0.03)


def test_a_spline_goes_through_its_points():
    points = [(0, 0), (5, 9), (12, 3)]
    curve = spline_points(points)
    assert np.allclose(curve[[0, -1]], [points[0], points[-1]])
    assert np.linalg.norm(curve - (5, 9), axis=1).min() < 0.3
