"""Heat laid over a faded picture: where it is, of which color, how strong."""

import numpy as np

from triptych.multitask.explanation.panels import AGAINST, FOR, draw_heat


def test_what_speaks_for_is_warm_and_what_speaks_against_cold():
    image = np.full((4, 6, 3), 90, np.uint8)
    heat = np.zeros((4, 6))
    heat[1, 1], heat[2, 4] = 2.0, -2.0
    drawn = draw_heat(image, heat, 2)
    assert drawn.shape == (8, 12, 3)
    plain = drawn[0, 0]
    assert plain[0] == plain[1] == plain[2] > 90
    for place, color in (((2, 2), FOR), ((4, 8), AGAINST)):
        assert np.abs(drawn[place].astype(int) - color).max() < 0.1 * 255
        assert (drawn[place] == drawn[place[0] + 1, place[1] + 1]).all()


def test_no_heat_leaves_the_faded_picture():
    image = np.arange(24, dtype=np.uint8).reshape(4, 6, 1) * 10
    drawn = draw_heat(image, np.zeros((4, 6)))
    assert (drawn[..., 0] == drawn[..., 2]).all() and drawn[0, 0, 0] < drawn[-1, -1, 0]
