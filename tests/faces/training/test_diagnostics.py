"""What is said about a training, from its epochs."""

import pytest

from triptych.faces.training.diagnostics import training_warnings

GOOD = {
    "epoch": 1.0,
    "train/loss": 0.1,
    "triplets/active": 0.2,
    "triplets/collapsed": 0.0,
    "distance/same": 0.8,
    "distance/different": 1.4,
}


def epochs(count: int, **changes: float) -> list[dict[str, float]]:
    named = {name.replace("_", "/"): value for name, value in changes.items()}
    return [{**GOOD, **named, "epoch": float(number)} for number in range(1, count + 1)]


def test_nothing_is_said_where_all_went_well():
    assert training_warnings(epochs(4), 0.2) == ()
    assert training_warnings([], 0.2) == ()


def test_a_collapse_is_told_with_when_how_and_what_to_do():
    alike = {"triplets_collapsed": 1.0, "triplets_active": 1.0, "distance_different": 0.03}
    history = [*epochs(2), *epochs(5, train_loss=0.2, **alike)[2:]]
    (note,) = training_warnings(history, 0.2)
    assert "collapsed in epoch 3" in note
    assert "0.03 apart" in note and "100% of triplets" in note and "the loss is 0.2" in note
    assert "--lr" in note and "--semihard" in note


def test_a_collapse_that_was_overcome_is_not_told():
    assert training_warnings([*epochs(1, triplets_collapsed=1.0), *epochs(3)], 0.2) == ()


def test_a_training_that_taught_nothing_is_told():
    (note,) = training_warnings(epochs(3, train_loss=0.21, triplets_active=0.98), 0.2)
    assert note.startswith("Nothing was learnt") and "--epochs" in note


def test_a_loss_that_is_no_number_is_told():
    (note,) = training_warnings([*epochs(1), *epochs(2, train_loss=float("nan"))[1:]], 0.2)
    assert "diverged in epoch 2" in note and "--lr" in note


@pytest.mark.parametrize(("active", "told"), [(0.001, True), (0.02, False)])
def test_people_learnt_by_heart_are_told(active, told):
    found = training_warnings(epochs(6, triplets_active=active), 0.2)
    assert bool(found) == told
    assert all("epoch 1" in note and "More people" in note for note in found)
