"""Grad-CAM of a network whose answer is known to depend on a color, and maps enlarged."""

import pytest
import torch
from torch import Tensor

from triptych.multitask.explanation.explained_head import ExplainedHead
from triptych.multitask.explanation.grad_cam import enlarge_maps, grad_cam
from triptych.multitask.model.multitask_model import MultitaskModel


def test_heat_is_where_the_color_of_the_class_is(colors: MultitaskModel, squares: Tensor):
    for name, channel in (("cat", 0), ("dog", 1), (None, 0)):
        explained = ExplainedHead(colors, "label", squares, class_name=name)
        heat = grad_cam(explained, squares)
        # the gradient of the mean is 100 / pixels for this color, and 0 for the others
        expected = squares[:, channel] * 100 / (16 * 24)
        torch.testing.assert_close(heat, expected)


def test_what_speaks_against_is_left_out(colors: MultitaskModel, squares: Tensor):
    with torch.no_grad():
        colors.heads["label"].linear.weight.mul_(-1)  # type: ignore[union-attr]
    assert not grad_cam(ExplainedHead(colors, "label", squares, class_name="cat"), squares).any()


@pytest.mark.parametrize("size", [(28, 28), (32, 48), (30, 50)])
def test_a_cell_is_enlarged_where_it_is(size: tuple[int, int]):
    rows, columns = (-(-side // 8) for side in size)
    maps = torch.zeros(1, 1, rows, columns)
    maps[..., 1, 2] = 1
    large = enlarge_maps(maps, size)[0, 0]
    assert large.shape == size
    row, column = divmod(int(large.argmax()), size[1])
    assert 8 <= row < 16 and 16 <= column < 24
    assert large[11:13, 19:21].min() > 0.85


def test_maps_of_other_strides_are_spread_over_the_image():
    assert enlarge_maps(torch.rand(1, 2, 3, 3), (10, 10)).shape == (1, 2, 10, 10)
    assert enlarge_maps(torch.rand(1, 1, 28, 28), (28, 28)).shape == (1, 1, 28, 28)
