"""Objects in a mirror are where the mirrored image has them."""

import pytest
import torch

from triptych.backbones._backbone import FeatureInfo
from triptych.multitask import DatasetInfo
from triptych.multitask.heads import build_head
from triptych.multitask.structures.geometry import mirror_boxes, mirror_circles


@pytest.mark.parametrize("name", ["boxes", "circles"])
def test_what_a_mirrored_map_says_is_mirrored_back(name: str):
    torch.manual_seed(0)
    info = DatasetInfo("cells", 3, 32, 48, (name,), classes=("red", "white"))
    head = build_head(name, info, [FeatureInfo(channels=4, reduction=4)]).eval()
    numbers = 4 if name == "boxes" else 3
    output = torch.randn(2, 2 + numbers, 8, 12)
    shapes = output[:, 2:].flip(3)
    signs = torch.tensor([-1.0, 1.0, 1.0])[:, None, None]
    mirrored = shapes[:, [2, 1, 0, 3]] if name == "boxes" else shapes * signs
    back = torch.cat([output[:, :2].flip(3), mirrored], 1)
    found, there = head.detect(output), head.detect(back)
    assert found.present.sum() > 10 and torch.equal(found.present, there.present)
    mirror = mirror_boxes if name == "boxes" else mirror_circles
    shapes = mirror(there.shapes, 48)[there.present]
    assert torch.allclose(shapes, found.shapes[found.present], atol=1e-3)
    assert torch.allclose(head.average_flipped(output, back), output, atol=1e-4)


def test_cells_that_do_not_divide_the_width_are_left_as_they_are():
    info = DatasetInfo("cells", 3, 32, 46, ("boxes",), classes=("red",))
    head = build_head("boxes", info, [FeatureInfo(channels=4, reduction=4)])
    output = torch.randn(1, 5, 8, 12)
    assert head.average_flipped(output, torch.randn(1, 5, 8, 12)) is output
