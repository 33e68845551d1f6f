"""What is far from all classes is novel; what is held out is so in one case of a hundred."""

import pytest
import torch

from triptych.multitask.model.novelty import FALSE_ALARMS, NoveltyDetector

CENTERS = torch.tensor([[0.0, 0.0, 0.0], [10.0, 0.0, 0.0]])
SCALES = torch.tensor([1.0, 0.1, 0.1])


def samples(count: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Two classes that spread ten times wider along the first feature than along the others."""
    rng = torch.Generator().manual_seed(seed)
    labels = torch.arange(count) % 2
    return CENTERS[labels] + torch.randn(count, 3, generator=rng) * SCALES, labels


@pytest.fixture
def detector() -> NoveltyDetector:
    made = NoveltyDetector(classes=2, features=3)
    made.fit(*samples(4000, 0), samples(4000, 1)[0])
    return made


def test_one_held_out_image_of_a_hundred_is_called_novel(detector: NoveltyDetector) -> None:
    novel = (detector.novelty(samples(20_000, 2)[0]) > 1).float().mean()
    assert float(novel) == pytest.approx(FALSE_ALARMS, abs=0.004)


def test_distance_counts_in_standard_deviations(detector: NoveltyDetector) -> None:
    along, across = torch.tensor([[2.0, 0, 0]]), torch.tensor([[0, 2.0, 0]])
    assert detector.novelty(along).item() < 1 < detector.novelty(across).item()
    assert detector(torch.tensor([[12.0, 0, 0]])).item() == pytest.approx(
        detector(along).item(), abs=0.2
    )


def test_between_the_classes_is_far_from_both(detector: NoveltyDetector) -> None:
    assert detector.novelty(torch.tensor([[5.0, 0, 0]])).item() > 1


def test_nothing_is_novel_before_it_is_fitted() -> None:
    fresh = NoveltyDetector(1, 4)
    assert (fresh.novelty(torch.full((2, 4), 1e9)) == 0).all()


def test_features_that_never_change_are_no_error() -> None:
    detector = NoveltyDetector(1, 2)
    features = torch.stack([torch.randn(50), torch.zeros(50)], 1)
    detector.fit(features, torch.zeros(50, dtype=torch.long), features)
    assert torch.isfinite(detector(features)).all()
