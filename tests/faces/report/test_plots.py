"""ROC, DET, distances and strangers, as figures."""

import numpy as np
import pytest
from scipy.stats import norm

from triptych.faces.metrics.identification import evaluate_identification
from triptych.faces.metrics.roc import RocCurve, roc_curve
from triptych.faces.report.plots import det, distance_histogram, fnir_fpir, roc
from triptych.frame.drawing.colors import DARK, LIGHT
from triptych.frame.drawing.figures import to_bytes

RANDOM = np.random.default_rng(0)


def pairs(count: int, same: float, different: float) -> tuple[np.ndarray, np.ndarray]:
    """Distances around these two means, and which are of one person."""
    near, far = RANDOM.normal(same, 0.1, count), RANDOM.normal(different, 0.1, count)
    return np.concatenate([near, far]).clip(0, 2), np.arange(2 * count) < count


GOOD, BAD, PERFECT = (roc_curve(*pairs(300, 0.9, middle)) for middle in (1.2, 0.9, 1.9))
FACELESS = roc_curve(
    np.where(np.arange(600) % 7 == 0, np.nan, pairs(300, 0.9, 1.3)[0]), pairs(300, 1, 1)[1]
)
TINY = roc_curve(np.array([0.5, 0.9]), np.array([True, False]))
CURVES = {"good": GOOD, "bad": BAD, "perfect": PERFECT, "faceless": FACELESS, "tiny": TINY}


@pytest.mark.parametrize("found", CURVES.values(), ids=CURVES.keys())
@pytest.mark.parametrize("plot", [roc, det])
def test_every_curve_is_drawn_by_day_and_by_night(plot, found: RocCurve):
    for theme in (LIGHT, DARK):
        drawn = plot(found, theme=theme, title="title")
        assert to_bytes(drawn, ".png").startswith(b"\x89PNG")
        assert drawn.get_axes()[0].get_xlabel() == "false accept rate"


def test_roc_shows_the_rates_of_the_curve():
    axes = roc(GOOD).get_axes()[0]
    far, tar = axes.lines[0].get_data()
    for place in np.flatnonzero(np.diff(far) > 0)[1:]:  # the upper end of each step
        point = np.searchsorted(GOOD.far, far[place], side="right") - 1
        assert GOOD.tar[point] == pytest.approx(tar[place])
    told = [text.get_text() for text in axes.texts]
    assert told == [f"{100 * GOOD.tar_at(rate):.3g} %" for rate in (0.1, 0.01)]  # 0.1 %: too few
    assert axes.get_xlim()[0] == pytest.approx(1 / 300)


def test_normal_distances_are_a_straight_line_on_axes_of_deviates():
    quantiles = np.linspace(0.001, 0.999, 999)
    spread = norm.ppf(quantiles) * 0.1
    distances = np.concatenate([0.8 + spread, 1.1 + spread])
    axes = det(roc_curve(distances, np.arange(1998) < 999)).get_axes()[0]
    x, y = (np.array(values) for values in axes.lines[0].get_data())
    inner = (abs(x) < 2) & (abs(y) < 2)
    # a threshold moves both by the same, so their sum stays: minus the distance of the means
    assert np.allclose((x + y)[inner], -3, atol=0.05) and inner.sum() > 100


def test_the_dot_is_where_both_rates_are_equal():
    axes = det(GOOD).get_axes()[0]
    x, y = axes.lines[-1].get_data()
    assert x == y == pytest.approx(norm.ppf(GOOD.eer()))
    assert axes.texts[0].get_text() == f"{100 * GOOD.eer():.3g} % each"


def test_a_million_points_are_thinned_without_losing_the_ends():
    ranks = np.arange(1, 200_001)
    found = RocCurve(ranks / 1e5, ranks, ranks**2 // 200_000, 200_000, 200_000)
    far, _ = roc(found).get_axes()[0].lines[0].get_data()
    assert len(far) <= 2000 and far[-1] == 1


def test_each_bar_is_the_share_of_its_own_kind():
    distances = np.array([0.51, 0.52, 0.71, np.nan, 1.2, 1.3])
    same = np.array([True, True, True, True, False, False])
    drawn = distance_histogram(distances, same, {"most accurate": 0.9, "calibrated": 1.0})
    axes = drawn.get_axes()[0]
    heights = [patch.get_data().values for patch in axes.patches]
    assert [bars.sum() for bars in heights] == pytest.approx([0.75, 1.0])
    assert heights[0][10] == 0.5 and heights[0][14] == 0.25
    told = [text.get_text() for text in axes.get_legend().get_texts()]
    assert told == [
        "same: 4 pairs, 1 without a face",
        "different: 2 pairs",
        "most accurate: 0.900",
        "calibrated: 1.000",
    ]


def test_distances_of_none_but_faceless_pairs_are_drawn_as_well():
    drawn = distance_histogram(np.full(4, np.nan), np.arange(4) < 2, {})
    assert to_bytes(drawn, ".svg")


def test_strangers_are_drawn_from_one_photo_on():
    vectors = RANDOM.normal(size=(60, 8)) + 2 * np.repeat(RANDOM.normal(size=(12, 8)), 5, 0)
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    found = evaluate_identification(vectors, [f"person {number // 5}" for number in range(60)])
    for theme in (LIGHT, DARK):
        axes = fnir_fpir(found, theme=theme, title="title").get_axes()[0]
        assert axes.get_xlim() == pytest.approx((found.splits / found.curve.impostor, 1))
        assert axes.texts[0].get_text() == f"{100 * found.fnir_at(0.1):.3g} %"
