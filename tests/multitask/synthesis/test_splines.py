import numpy as np

from triptych.multitask.synthesis.splines import catmull_rom_weights


def test_a_smooth_curve_passes_through_its_points():
    points = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], float)
    assert np.allclose(catmull_rom_weights(points, 3) @ points, points)


def test_moved_points_carry_the_curve_along():
    points = np.array([[0, 0], [3, 1], [4, 5]], float)
    weights = catmull_rom_weights(points, 10)
    assert np.allclose(weights @ (2 * points + 7), 2 * (weights @ points) + 7)


def test_a_curve_through_a_circle_s_points_stays_near_the_circle():
    angles = np.linspace(0, 2 * np.pi, 17)
    points = np.stack([np.cos(angles), np.sin(angles)], 1)
    radius = np.linalg.norm(catmull_rom_weights(points, 200)[20:-20] @ points, axis=1)
    assert abs(radius - 1).max() < 0.01


def test_places_are_about_evenly_spaced():
    points = np.array([[0, 0], [1, 0], [7, 1], [9, 4]], float)
    steps = np.linalg.norm(np.diff(catmull_rom_weights(points, 30) @ points, axis=0), axis=1)
    assert steps.max() < 2.5 * steps.mean()
