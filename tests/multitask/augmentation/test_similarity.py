"""Transforms by numbers worked by hand."""

import torch
from torch import Tensor

from triptych.multitask.augmentation.similarity import Similarity, apply_linear, orthogonal


def linear(degrees: float = 0, quarters: int = 0, flip: bool = False, down: bool = False) -> Tensor:
    return orthogonal(
        degrees=torch.tensor([degrees]).float(),
        quarters=torch.tensor([quarters]),
        flip=torch.tensor([flip]),
        vertical_flip=torch.tensor([down]),
    )


def test_turns_are_clockwise_as_seen_with_y_down() -> None:
    # from three o'clock to six o'clock
    assert (linear(quarters=1)[0] @ torch.tensor([1.0, 0.0])).tolist() == [0, 1]
    torch.testing.assert_close(linear(degrees=90), linear(quarters=1))
    torch.testing.assert_close(linear(degrees=30, quarters=2), linear(degrees=210))


def test_a_mirror_comes_before_the_turn() -> None:
    assert (linear(quarters=1, flip=True)[0] @ torch.tensor([1.0, 0.0])).tolist() == [0, -1]
    assert (linear(down=True)[0] @ torch.tensor([2.0, 3.0])).tolist() == [2, -3]


def test_two_mirrors_are_none() -> None:
    matrices = torch.cat([linear(), linear(flip=True), linear(down=True), linear(0, 0, True, True)])
    transform = Similarity(matrices, torch.zeros(4, 2), torch.ones(4))
    assert transform.mirrored().tolist() == [False, True, True, False]


def test_the_source_of_a_pixel_goes_to_its_center() -> None:
    scale = torch.tensor([1.5])
    transform = Similarity(linear(20, 1, True) * 1.5, torch.tensor([[3.0, 40.0]]), scale)
    x, y = transform.source((5, 7))
    back = transform.points(torch.stack([x.flatten(1), y.flatten(1)], 2)).view(1, 5, 7, 2)
    assert torch.allclose(back[0, 4, 6], torch.tensor([6.5, 4.5]), atol=1e-5)
    assert torch.allclose(back[0, 0, 0], torch.tensor([0.5, 0.5]), atol=1e-5)


def test_each_image_has_its_own_matrix() -> None:
    matrices = torch.cat([linear(), 2 * linear(quarters=2)])
    points = torch.tensor([[[1.0, 2.0]], [[1.0, 2.0]]])
    assert apply_linear(matrices, points).tolist() == [[[1, 2]], [[-2, -4]]]
