"""Painters go from coarse to fine, may stop anywhere, and go on exactly."""

from typing import Any

import pytest
import torch
from torch import Tensor

from triptych.frame.errors import ConfigError, DataError
from triptych.style.networks._extractor import FeatureExtractor
from triptych.style.objectives.feature_objective import FeatureMethod
from triptych.style.objectives.objective import LossAndGradient, ScaleInputs
from triptych.style.optimization.config import TransferConfig
from triptych.style.optimization.style_optimizer import StyleOptimizer
from triptych.style.schedule import Schedule


def picture(seed: int, height: int = 30, width: int = 40) -> Tensor:
    return torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(seed))


@pytest.fixture
def painter(tiny: FeatureExtractor) -> Any:
    def made(
        height: int = 30,
        width: int = 40,
        styles: tuple[Tensor, ...] | None = None,
        extras: dict[str, Any] | None = None,
        **changes: Any,
    ) -> StyleOptimizer:
        settings = TransferConfig(**({"size": 32, "steps": (6, 4)} | changes))
        hands = styles or (picture(1, 25, 20),)
        return StyleOptimizer(
            picture(0, height, width), hands, FeatureMethod(tiny), settings, **extras or {}
        )

    return made


def test_it_paints_every_step_of_every_scale(painter: Any) -> None:
    work = painter()
    rows = list(work)
    assert [(row.scale, row.size, row.step) for row in rows] == [
        *((0, 16, step) for step in range(1, 7)),
        *((1, 32, step) for step in range(1, 5)),
    ]
    assert work.finished
    assert work.image.shape == (1, 3, 24, 32)
    assert rows == work.history
    assert rows[-1].seconds >= rows[0].seconds > 0


def test_costs_fall_and_the_picture_is_in_range(painter: Any) -> None:
    work = painter(steps=(20,))
    totals = [row.total for row in work]
    assert totals[-1] < totals[0] / 2
    assert work.image.min() >= 0 and work.image.max() <= 1


@pytest.mark.parametrize("optimizer", ["lbfgs", "adam"])
@pytest.mark.parametrize("stop", [0, 3, 6, 7, 9])
def test_going_on_from_a_state_paints_the_same_picture(
    painter: Any, optimizer: str, stop: int
) -> None:
    straight, broken = painter(optimizer=optimizer), painter(optimizer=optimizer)
    list(straight)
    for _ in range(stop):
        broken.step()
    again = painter(optimizer=optimizer)
    again.restore(broken.state, broken.history)
    assert torch.equal(again.image, broken.image)
    list(again)
    assert torch.equal(again.image, straight.image)
    assert [row.total for row in again.history] == [row.total for row in straight.history]


def test_the_same_seed_paints_the_same_and_another_another(painter: Any) -> None:
    first, second, third = (painter(init="noise", seed=seed) for seed in (3, 3, 4))
    for work in (first, second, third):
        list(work)
    assert torch.equal(first.image, second.image)
    assert not torch.equal(first.image, third.image)


def test_strength_nothing_leaves_the_content(tiny: FeatureExtractor) -> None:
    content = picture(0, 24, 32)
    method = FeatureMethod(tiny, variation=0)
    work = StyleOptimizer(
        content, [picture(1)], method, TransferConfig(size=32, strength=0.0, steps=(5,))
    )
    list(work)
    torch.testing.assert_close(work.image, content)


def test_more_strength_is_nearer_to_the_style(painter: Any) -> None:
    costs = []
    for strength in (0.1, 0.5, 0.9):
        rows = list(painter(strength=strength, steps=(40,)))
        costs.append(sum(cost for name, cost in rows[-1].parts.items() if "style" in name))
    assert costs == sorted(costs, reverse=True)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 50), (200, 4), (3, 3)])
def test_pictures_smaller_than_the_network_sees_are_painted(
    painter: Any, height: int, width: int
) -> None:
    work = painter(height=height, width=width, styles=(picture(1, 3, 3),), steps=(2, 2))
    list(work)
    assert max(work.image.shape[2:]) == 32
    assert work.image.isfinite().all()


def test_outside_regions_the_content_stays(painter: Any) -> None:
    left = torch.zeros(1, 24, 32)
    left[..., :16] = 1
    for init in ("content", "noise"):
        work = painter(height=24, width=32, init=init, extras={"regions": left})
        list(work)
        torch.testing.assert_close(work.image[..., 18:], picture(0, 24, 32)[..., 18:])
        assert not torch.allclose(work.image[..., :14], picture(0, 24, 32)[..., :14], atol=0.02)


def test_it_begins_where_it_is_told(painter: Any) -> None:
    start = torch.full((1, 3, 9, 12), 0.25)
    given = painter(init="image", extras={"start": start})
    torch.testing.assert_close(given.image, torch.full((1, 3, 12, 16), 0.25))
    assert painter(init="style").image.shape == (1, 3, 12, 16)
    assert 0.4 < float(painter(init="noise").image.mean()) < 0.6


def test_the_style_is_shown_at_its_scale(painter: Any) -> None:
    sizes = [
        max(painter(style_scale=scale).scale_inputs().styles[0].shape[2:]) for scale in (0.5, 1, 2)
    ]
    assert sizes == [8, 16, 32]


def test_shares_are_made_to_sum_to_one(painter: Any) -> None:
    work = painter(styles=(picture(1), picture(2)), style_weights=(3.0, 1.0))
    assert work.scale_inputs().style_weights == (0.75, 0.25)


@pytest.mark.parametrize(
    "shares", [(1.0,), (0.0, 0.0), (-1.0, 2.0), (float("nan"), 1.0), (float("inf"), 1.0)]
)
def test_shares_that_are_none_are_refused(painter: Any, shares: tuple[float, ...]) -> None:
    with pytest.raises(ConfigError, match="share"):
        painter(styles=(picture(1), picture(2)), style_weights=shares)


def test_a_state_of_another_painting_is_refused(painter: Any) -> None:
    other = painter(height=30, width=30)
    other.step()
    with pytest.raises(DataError, match="state"):
        painter().restore(other.state)
    with pytest.raises(DataError, match="state"):
        painter().restore({})


def test_a_scale_where_nothing_helps_is_left() -> None:
    class Stubborn:
        name = "stubborn"
        schedule = Schedule((1,))
        device = torch.device("cpu")

        def objective(self, scene: ScaleInputs) -> "Stubborn":
            return self

        def evaluate(self, picture: Tensor) -> LossAndGradient:
            return LossAndGradient(1.0, {}, torch.zeros_like(picture))

        def min_size(self) -> int:
            return 1

    work = StyleOptimizer(
        picture(0), [picture(1)], Stubborn(), TransferConfig(size=32, steps=(50, 50))
    )
    assert len(list(work)) < 20
    assert work.finished


@pytest.mark.parametrize(
    "changes",
    [
        *({name: torch.zeros(3)} for name in ("scale", "done", "seconds")),
        *({"scale": torch.tensor(scale)} for scale in (-1, 0, 2, True)),
        *({"done": torch.tensor(done)} for done in (-1, 0, 5, 2**62)),
        {"seconds": torch.tensor(torch.nan, dtype=torch.float64)},
        {"picture": torch.zeros(1, 3, 56, 64, dtype=torch.int32)},
    ],
    ids=str,
)
def test_a_state_that_was_damaged_is_refused(painter: Any, changes: dict[str, Tensor]) -> None:
    work = painter()
    for _ in range(7):
        work.step()
    painter().restore(work.state, work.history)
    with pytest.raises(DataError, match=f"{next(iter(changes))}|done"):
        painter().restore({**work.state, **changes}, work.history)
    with pytest.raises(DataError, match="picture"):
        painter().restore(
            {name: value for name, value in work.state.items() if name != "picture"}, work.history
        )


@pytest.mark.parametrize("rows", [slice(6), slice(0)])
def test_a_state_is_refused_with_the_rows_of_another(painter: Any, rows: slice) -> None:
    work = painter()
    for _ in range(7):
        work.step()
    with pytest.raises(DataError, match="done"):
        painter().restore(work.state, work.history[rows])
