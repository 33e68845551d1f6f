"""What is far from all classes, or like outliers, is novel; held-out images are in one of 100."""

import pytest
import torch

from triptych.multitask.model.novelty import FALSE_ALARMS, NoveltyDetector

CENTERS = torch.tensor([[0.0, 0.0, 0.0], [10.0, 0.0, 0.0]])
SCALES = torch.tensor([1.0, 0.1, 0.1])


def samples(count: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Two classes that spread ten times wider along the first feature than along the others, and
    maxima that say nothing."""
    rng = torch.Generator().manual_seed(seed)
    labels = torch.arange(count) % 2
    means = CENTERS[labels] + torch.randn(count, 3, generator=rng) * SCALES
    return torch.cat([torch.randn(count, 3, generator=rng), means], 1), labels


def features(*means: float) -> torch.Tensor:
    return torch.tensor([[0.0, 0.0, 0.0, *means]])


@pytest.fixture
def detector() -> NoveltyDetector:
    made = NoveltyDetector(classes=2, channels=[3])
    made.fit(*samples(4000, 0), samples(4000, 1)[0])
    return made


@pytest.fixture
def exposed() -> NoveltyDetector:
    """Knows outliers: their first maximum is 3 instead of 0, and all else as usual."""
    made = NoveltyDetector(classes=2, channels=[3])
    outliers = samples(2000, 3)[0]
    outliers[:, 0] += 6
    made.fit(*samples(4000, 0), samples(4000, 1)[0], outliers)
    return made


def test_one_held_out_image_of_a_hundred_is_called_novel(
    detector: NoveltyDetector, exposed: NoveltyDetector
) -> None:
    for one in (detector, exposed):
        novel = (one(samples(20_000, 2)[0]) > 1).float().mean()
        assert float(novel) == pytest.approx(FALSE_ALARMS, abs=0.005)


def test_distance_counts_in_standard_deviations(detector: NoveltyDetector) -> None:
    along, across = features(2, 0, 0), features(0, 2, 0)
    assert detector(along).item() < 1 < detector(across).item()
    there, back = detector.distance(features(12, 0, 0)), detector.distance(along)
    assert there.item() == pytest.approx(back.item(), abs=0.2)


def test_between_the_classes_is_far_from_both(detector: NoveltyDetector) -> None:
    assert detector(features(5, 0, 0)).item() > 1


def test_outliers_are_told_by_what_the_distance_does_not_see(
    detector: NoveltyDetector, exposed: NoveltyDetector
) -> None:
    outliers = samples(1000, 5)[0]
    outliers[:, 0] += 6
    assert (exposed(outliers) > 1).float().mean() > 0.95
    assert (detector(outliers) > 1).float().mean() < 0.05
    assert exposed(features(5, 0, 0)).item() > 1  # the distance still counts


def test_nothing_is_novel_before_it_is_fitted() -> None:
    fresh = NoveltyDetector(1, [4])
    assert (fresh(torch.full((2, 8), 1e9)) == 0).all()


def test_maxima_and_means_of_all_levels_are_looked_at() -> None:
    levels = [torch.rand(2, 3, 8, 8), torch.rand(2, 5, 4, 4)]
    pooled = NoveltyDetector.pool(levels)
    assert pooled.shape == (2, 16)
    torch.testing.assert_close(pooled[:, -5:], levels[1].mean((2, 3)))
    torch.testing.assert_close(pooled[:, :3], levels[0].amax((2, 3)))


def test_features_that_never_change_are_no_error() -> None:
    detector = NoveltyDetector(1, [2])
    values = torch.zeros(50, 4)
    values[:, 2] = torch.randn(50)
    detector.fit(values, torch.zeros(50, dtype=torch.long), values, values + 1)
    assert torch.isfinite(detector(values)).all()
