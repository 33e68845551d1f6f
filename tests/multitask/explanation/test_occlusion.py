"""Occlusion of a network whose answer is known to depend on a color."""

import torch
from torch import Tensor

from triptych.multitask.explanation.explained_head import ExplainedHead
from triptych.multitask.explanation.occlusion import occlusion
from triptych.multitask.model.multitask_model import MultitaskModel


def test_the_score_falls_by_what_is_covered(colors: MultitaskModel, squares: Tensor):
    heat = occlusion(ExplainedHead(colors, "label", squares), squares)[0]
    # squares of 3 pixels, moved by one: inside, all that cover a pixel cover nine red ones
    assert heat.shape == (16, 24)
    torch.testing.assert_close(heat[8, 5], torch.tensor(9 * 100 / (16 * 24)))
    assert (heat[:, 10:] == 0).all() and (heat[:3] == 0).all()
    assert heat.sum() > 0 and (heat >= 0).all()


def test_what_speaks_against_is_below_0(colors: MultitaskModel, squares: Tensor):
    with torch.no_grad():
        colors.heads["label"].linear.weight[0, 1] = -100  # type: ignore[union-attr,index]
    heat = occlusion(ExplainedHead(colors, "label", squares, class_name="cat"), squares)[0]
    assert heat[8, 5] > 0 > heat[8, 19]
