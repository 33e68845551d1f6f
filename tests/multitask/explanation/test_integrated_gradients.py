"""Integrated gradients: what they are of a linear network, and that they add up."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from triptych.multitask import open_dataset
from triptych.multitask.explanation.explained_head import ExplainedHead
from triptych.multitask.explanation.integrated_gradients import integrated_gradients
from triptych.multitask.model.multitask_model import MultitaskModel

MOST_AMISS = 0.05  # of the difference
ROUGH = {"circle": 0.2}  # which keypoints hold the circle changes often on the way


def test_of_a_linear_network_they_are_weight_times_difference(
    colors: MultitaskModel, squares: Tensor
):
    images = (squares + 0.2).clamp(max=1)
    explained = ExplainedHead(colors, "label", images)
    heat = integrated_gradients(explained, images)
    expected = (images[:, 0] - 0.2) * 100 / (16 * 24)
    torch.testing.assert_close(heat, expected, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("head", ["digit", "box", "circle", "mask"])
def test_they_add_up_to_the_difference_of_the_scores(
    trained_run: Path, few_digits: Path, head: str
):
    model = MultitaskModel.load(trained_run)
    images = open_dataset("digits", str(few_digits)).batch("test", torch.arange(4)).images
    explained = ExplainedHead(model, head, images)
    heat = integrated_gradients(explained, images)
    with torch.no_grad():
        scores = explained(images, *explained.references)
        empty = explained(explained.empty, *explained.references)
    difference = (scores - empty).numpy()
    amiss = np.abs(heat.sum((1, 2)).numpy() - difference)
    assert amiss.mean() < ROUGH.get(head, MOST_AMISS) * np.abs(difference).mean()


def test_more_steps_are_taken_where_few_leave_an_error(trained_run: Path, few_digits: Path):
    model = MultitaskModel.load(trained_run)
    images = open_dataset("digits", str(few_digits)).batch("test", torch.arange(4)).images
    explained = ExplainedHead(model, "circle", images)
    few, more = (integrated_gradients(explained, images, steps=s) for s in ((4,), (4, 64)))
    amiss = [(heat.sum((1, 2)) - 1).abs() for heat in (few, more)]  # the way is 1 long
    good = amiss[0] <= MOST_AMISS
    assert torch.equal(few[good], more[good]) and not good.all()
    assert amiss[1].mean() < amiss[0].mean()
