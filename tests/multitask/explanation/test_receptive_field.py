"""What a cell sees, of a network where it is known."""

import numpy as np
import torch
from torch import Tensor, nn

from triptych.multitask.explanation.receptive_field import crop_around, effective_side


class Blur(nn.Module):
    """The mean of each square of some pixels."""

    def __init__(self, side: int):
        super().__init__()
        self.side = side

    def forward(self, images: Tensor) -> list[Tensor]:
        return [nn.functional.avg_pool2d(images, self.side, 1, self.side // 2)]


def test_the_side_holds_four_fifths_of_what_a_cell_depends_on():
    images, places = torch.rand(2, 1, 33, 33), torch.tensor([[16, 16], [10, 20]])
    channels = torch.zeros(2, dtype=torch.long)
    # 9 × 9 pixels alike: 81 · 0.8 of them need more than 7 × 7
    assert effective_side(Blur(9), images, 0, channels, places, 1) == 9
    assert effective_side(Blur(1), images, 0, channels, places, 1) == 1


def test_a_crop_stays_in_the_image():
    image = np.arange(100, dtype=np.uint8).reshape(10, 10, 1)
    assert crop_around(image, np.array([5.0, 5.0]), 4)[0, 0, 0] == 33
    assert crop_around(image, np.array([0.5, 9.5]), 4)[0, 0, 0] == 6
    assert crop_around(image, np.array([0.5, 9.5]), 10).shape == (10, 10, 1)
