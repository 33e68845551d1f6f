"""Triplets by hand, and against the library they are mined with."""

import math

import pytest
import torch
import torch.nn.functional as F

from triptych.faces.training.triplet_loss import TripletLoss, positive_negative_masks

# on the unit circle: a person at 0° and 60°, another at 90° and 180°
PEOPLE = torch.tensor([0, 0, 1, 1])


def circle(*degrees: float) -> torch.Tensor:
    angles = torch.tensor(degrees) * math.pi / 180
    return torch.stack([angles.cos(), angles.sin()], 1)


def squared(first: float, second: float) -> float:
    return 2 - 2 * math.cos(math.radians(first - second))


def test_hard_mining_takes_the_farthest_friend_and_the_nearest_stranger():
    vectors = circle(0, 60, 90, 180)
    apart = [(squared(0, 60), squared(0, 90)), (squared(60, 0), squared(60, 90))]
    apart += [(squared(90, 180), squared(90, 60)), (squared(180, 90), squared(180, 60))]
    wrong = [friend - stranger + 0.5 for friend, stranger in apart]
    expected = [value for value in wrong if value > 0]
    found = TripletLoss(0.5)(vectors, PEOPLE, "hard")
    assert 0 < len(expected) < 4
    assert found.item() == pytest.approx(sum(expected) / len(expected), abs=1e-6)


def test_semi_hard_mining_takes_strangers_beyond_the_friend_within_the_margin():
    vectors = circle(0, 60, 90, 180)
    gaps = []
    for anchor, friend, strangers in ((0, 60, (90, 180)), (60, 0, (90, 180))):
        gaps += [squared(anchor, s) - squared(anchor, friend) for s in strangers]
    for anchor, friend, strangers in ((90, 180, (0, 60)), (180, 90, (0, 60))):
        gaps += [squared(anchor, s) - squared(anchor, friend) for s in strangers]
    expected = [1.5 - gap for gap in gaps if 1e-6 < gap < 1.5]
    found = TripletLoss(1.5)(vectors, PEOPLE, "semi-hard")
    assert len(expected) >= 2
    # a stranger exactly as far as the friend is neither, up to rounding
    even = [1.5 for gap in gaps if abs(gap) < 1e-6]
    sums = [sum(expected + even[:n]) / (len(expected) + n) for n in range(len(even) + 1)]
    assert min(abs(found.item() - value) for value in sums) < 1e-5


def test_a_batch_without_a_triplet_to_mine_costs_nothing_and_has_a_gradient():
    vectors = circle(0, 1, 179, 180).requires_grad_()
    loss = TripletLoss(0.2)(vectors, PEOPLE, "semi-hard")
    loss.backward()
    assert loss.item() == 0


def test_figures_are_those_of_all_pairs_and_triplets():
    vectors = F.normalize(torch.randn(12, 5, generator=torch.Generator().manual_seed(0)))
    people = torch.arange(12) % 4
    figures = TripletLoss(0.3).stats(vectors, people)
    apart = torch.cdist(vectors, vectors)
    wrong, same, different = [], [], []
    for a in range(12):
        for p in range(12):
            if a == p:
                continue
            (same if people[a] == people[p] else different).append(apart[a, p])
            for n in range(12):
                if people[a] == people[p] != people[n]:
                    wrong.append(bool(apart[a, p] ** 2 - apart[a, n] ** 2 + 0.3 > 0))
    assert figures.active.item() == pytest.approx(sum(wrong) / len(wrong))
    assert figures.positive_distance.item() == pytest.approx(
        torch.stack(same).mean().item(), abs=1e-5
    )
    assert figures.negative_distance.item() == pytest.approx(
        torch.stack(different).mean().item(), abs=1e-5
    )
    assert figures.collapsed == 0


def test_vectors_that_are_all_alike_are_called_collapsed():
    vectors = F.normalize(torch.ones(8, 4) + 1e-3 * torch.eye(8, 4))
    figures = TripletLoss(0.2).stats(vectors, torch.arange(8) // 2)
    assert figures.collapsed == 1
    assert figures.active == 1


def test_nobody_is_paired_with_themselves():
    friends, strangers = positive_negative_masks(PEOPLE)
    assert friends.sum() == 4
    assert strangers.sum() == 8
    assert not (friends & strangers).any()
    assert not friends.diagonal().any()


def test_hard_mining_agrees_with_all_triplets_searched():
    vectors = F.normalize(torch.randn(20, 6, generator=torch.Generator().manual_seed(1)))
    people = torch.arange(20) // 4
    apart = torch.cdist(vectors, vectors) ** 2
    friends, strangers = positive_negative_masks(people)
    worst = apart.masked_fill(~friends, -1).amax(1)
    best = apart.masked_fill(~strangers, 9).amin(1)
    wrong = (worst - best + 0.2).relu()
    expected = wrong.sum() / (wrong > 0).sum()
    assert TripletLoss(0.2)(vectors, people, "hard").item() == pytest.approx(
        expected.item(), abs=1e-5
    )
