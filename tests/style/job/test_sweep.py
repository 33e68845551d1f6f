"""Settings swept: words turned into commissions, one for each combination."""

import numpy as np
import pytest

from triptych.frame.errors import ConfigError, UnknownNameError
from triptych.style.job.job import TransferJob
from triptych.style.job.sweep import MAX_VARIANTS, expand, parse_axis, sweep_sheet

PLAIN = TransferJob("photo.png", ("a.png", "b.png"))


def test_two_settings_make_a_grid_row_by_row():
    axes = [parse_axis("strength=0.2,0.8"), parse_axis("style_weights=2:1,1:1")]
    found = expand(PLAIN, axes)
    assert list(found) == [
        "strength 0.2, style-weights 2:1",
        "strength 0.2, style-weights 1:1",
        "strength 0.8, style-weights 2:1",
        "strength 0.8, style-weights 1:1",
    ]
    settings = found["strength 0.8, style-weights 2:1"].settings
    assert settings.strength == 0.8 and settings.style_weights == (2.0, 1.0)


@pytest.mark.parametrize(
    ("word", "field", "value"),
    [
        ("tv=3", "variation", 3.0),
        ("pooling=max", "pooling", "max"),
        ("statistics=gram", "statistics", "gram"),
    ],
)
def test_options_of_the_network_are_swept(word: str, field: str, value: object):
    (found,) = expand(PLAIN, [parse_axis(word)]).values()
    assert found.options == {field: value}


def test_fields_of_the_commission_are_swept():
    first, second = expand(PLAIN, [parse_axis("colours=match,luminance")]).values()
    assert (first.colors, second.colors) == ("match", "luminance")
    (steps,) = expand(PLAIN, [parse_axis("steps=20:10")]).values()
    assert steps.settings.steps == (20, 10)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["strength"], "NAME=VALUE"),
        (["strength="], "NAME=VALUE"),
        (["strength=a"], "Expected numbers"),
        (["strength=0.1", "strength=0.2"], "two different"),
        (["strength=0.1", "seed=1", "tv=1"], "one setting"),
        (["seed=" + ",".join(map(str, range(MAX_VARIANTS + 1)))], f"at most {MAX_VARIANTS}"),
    ],
)
def test_what_is_no_sweep_is_told(words: list[str], told: str):
    with pytest.raises(ConfigError, match=told):
        expand(PLAIN, [parse_axis(word) for word in words])


def test_what_cannot_be_swept_is_told_with_the_nearest():
    with pytest.raises(UnknownNameError, match="'style-scale'"):
        parse_axis("style-scal=1,2")


def test_a_grid_has_a_row_for_each_value_of_the_first():
    axes = [parse_axis("strength=0,1"), parse_axis("seed=1,2,3")]
    colors = [(250, 0, 0), (0, 250, 0), (0, 0, 250), (250, 250, 0), (250, 0, 250), (0, 250, 250)]
    cells = [np.full((100, 300, 3), color, np.uint8) for color in colors]
    sheet = sweep_sheet(dict(zip(expand(PLAIN, axes), cells)), axes, "title")
    centers = []
    for color in colors:
        rows, columns = np.nonzero((sheet == color).all(2))
        assert len(rows) == 100 * 300
        centers.append((rows.mean(), columns.mean()))
    top, bottom = centers[:3], centers[3:]
    assert len({row for row, _ in top}) == len({row for row, _ in bottom}) == 1
    assert top[0][0] < bottom[0][0]
    columns = [column for _, column in top]
    assert columns == sorted(columns) == [column for _, column in bottom]


def test_small_pictures_are_enlarged_until_their_labels_can_be_read():
    axes = [parse_axis("strength=0.2,0.8")]
    small = {f"strength {value}": np.zeros((8, 12, 3), np.uint8) for value in axes[0].values}
    sheet = sweep_sheet(small, axes, "")
    assert (sheet == 0).all(2).sum() == 2 * (22 * 8) * (22 * 12)  # 22 · 12 ≥ 256
