"""The U-Net: its context sees the whole image, or the whole of a cell."""

import pytest
import torch

from triptych.backbones.unet import GlobalContext, UNet


def loosened(context: GlobalContext) -> GlobalContext:
    """With a modulation that does something: it begins at zero."""
    torch.manual_seed(0)
    torch.nn.init.normal_(context.excite.weight)
    return context


@pytest.mark.parametrize(("grid", "changed"), [(1, 64), (2, 16), (4, 4)])
@torch.no_grad()
def test_a_pixel_reaches_all_pixels_of_its_cell(grid: int, changed: int):
    context = loosened(GlobalContext(4, grid=grid))
    images = torch.rand(1, 4, 8, 8)
    other = images.clone()
    other[..., 0, 0] += 1
    differs = (context(images) != context(other)).any(1)
    assert differs.sum() == changed and differs[0, : 8 // grid, : 8 // grid].all()


@torch.no_grad()
def test_cells_are_put_back_where_they_were():
    context = GlobalContext(3, grid=2)
    maps = torch.rand(2, 3, 6, 8)
    assert torch.equal(context._from_cells(context._to_cells(maps), maps), maps)


@torch.no_grad()
def test_a_far_corner_changes_what_a_pixel_is_without_being_near():
    torch.manual_seed(0)
    net = UNet(1, 64, 64, base_channels=4, max_channels=8).eval()
    for context in net.context:
        loosened(context)
    images = torch.rand(1, 1, 64, 64)
    other = images.clone()
    other[..., -1, -1] = 1 - other[..., -1, -1]
    finest, changed = net(images)[0], net(other)[0]
    assert not torch.equal(finest[..., 0, 0], changed[..., 0, 0])


def test_maps_finer_than_asked_are_not_decoded():
    torch.manual_seed(0)
    whole = UNet(3, 128, 128)
    torch.manual_seed(0)
    coarse = UNet(3, 128, 128, finest=4)
    assert [level.reduction for level in whole.feature_info] == [2, 4, 8, 16, 32]
    assert coarse.feature_info == whole.feature_info[1:]
    images = torch.rand(2, 3, 128, 128)
    maps = coarse(images)
    assert [tuple(one.shape[1:]) for one in maps] == [
        (level.channels, 128 // level.reduction, 128 // level.reduction)
        for level in coarse.feature_info
    ]


@torch.no_grad()
def test_the_context_of_paper_is_as_exact_as_its_numbers():
    """Where most pixels are alike, a sum over an inner dimension is off by 1e-5 and more."""
    context = loosened(GlobalContext(4))
    maps = torch.full((2, 4, 56, 56), 0.3)
    maps[..., 20:30, 20:30] = torch.rand(2, 4, 10, 10) * 8
    exact = context.double()(maps.double())
    assert torch.allclose(context.float()(maps).double(), exact, rtol=0, atol=1.5e-5 * exact.max())
