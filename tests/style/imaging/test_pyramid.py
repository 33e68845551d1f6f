"""Images at their halves: as many as say something, each pixel weighing alike."""

import pytest
import torch

from triptych.style.imaging.pyramid import downsample_2x, image_pyramid, num_pyramid_levels


@pytest.mark.parametrize(
    ("side", "min_size", "levels"), [(512, 32, 4), (128, 32, 2), (127, 32, 1), (1, 32, 1)]
)
def test_there_are_as_many_sizes_as_have_cells_enough(side: int, min_size: int, levels: int):
    assert num_pyramid_levels(side, min_size, 4) == levels


def test_each_image_is_half_of_the_last_and_the_first_itself():
    image = torch.rand(2, 3, 21, 32, generator=torch.Generator().manual_seed(0))
    pyramid = list(image_pyramid(image, 3))
    assert pyramid[0] is image
    assert [level.shape[2:] for level in pyramid] == [(21, 32), (10, 16), (5, 8)]
    torch.testing.assert_close(pyramid[2], downsample_2x(pyramid[1]))


def test_a_ramp_keeps_its_mean():
    ramp = torch.linspace(0, 1, 32).expand(1, 3, 16, 32)
    assert float(downsample_2x(ramp).mean()) == pytest.approx(0.5, abs=1e-6)
