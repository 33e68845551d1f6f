"""Objects are measured by themselves, and pasted in the order of their layers."""

import pytest
import torch

from triptych.multitask.data.cutout_bank import CutoutBank
from triptych.multitask.data.objects.object_patches import ObjectPatches, paste_objects
from triptych.multitask.sources.drawn import emoji
from triptych.multitask.structures.geometry import mask_to_box, mask_to_circle

RED, BLUE = (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)


def squares(*colors: tuple[float, float, float], alpha: float = 1.0) -> ObjectPatches:
    """A square of 4×4 pixels of each color, with a rim of one transparent pixel."""
    rgba = torch.zeros(len(colors), 4, 6, 6)
    rgba[:, 3, 1:5, 1:5] = alpha
    rgba[:, :3, 1:5, 1:5] = torch.tensor(colors)[:, :, None, None] * alpha
    masks = rgba[:, 3] > 0.5
    return ObjectPatches(rgba, mask_to_box(masks), mask_to_circle(masks))


def pasted(patches: ObjectPatches, corners: list[list[int]], image: list[int], layer: list[int]):
    canvas = torch.ones(2, 3, 8, 10)
    count = len(corners)
    topmost = paste_objects(
        patches,
        canvas,
        image=torch.tensor(image, dtype=torch.long),
        layer=torch.tensor(layer, dtype=torch.long),
        corner=torch.tensor(corners, dtype=torch.long).reshape(-1, 2),
        label=torch.arange(count),
        shown=torch.ones(count, dtype=torch.bool),
    )
    return canvas, topmost


def test_a_higher_layer_lies_over_a_lower_one():
    canvas, topmost = pasted(squares(RED, BLUE), [[0, 0], [2, 1]], [1, 1], [0, 1])
    expected = torch.zeros(8, 10, dtype=torch.long)
    expected[1:5, 1:5] = 1
    expected[2:6, 3:7] = 2
    assert topmost[1].equal(expected) and not topmost[0].any()
    assert canvas[0].min() == 1
    for number, color in ((1, RED), (2, BLUE)):
        assert (canvas[1][:, expected == number] == torch.tensor(color)[:, None]).all()
    assert (canvas[1][:, expected == 0] == 1).all()


@pytest.mark.parametrize("corner", [[-3, -3], [7, 5], [-2, 4], [8, -1], [20, 0], [0, -9]], ids=str)
def test_what_lies_outside_the_canvas_touches_no_other_pixel(corner: list[int]):
    canvas, topmost = pasted(squares(RED), [corner], [0], [0])
    left, top = (place + 1 for place in corner)
    expected = torch.zeros(8, 10, dtype=torch.long)
    expected[max(top, 0) : max(top + 4, 0), max(left, 0) : max(left + 4, 0)] = 1
    assert topmost[0].equal(expected) and not topmost[1].any()
    assert ((canvas[0] == torch.tensor(RED)[:, None, None]).all(0)).equal(expected == 1)
    assert canvas[1].min() == 1


def test_half_transparent_objects_let_the_background_through_and_hide_nothing():
    canvas, topmost = pasted(squares(RED, alpha=0.25), [[0, 0]], [0], [0])
    assert canvas[0, :, 2, 2].tolist() == [1.0, 0.75, 0.75]
    assert not topmost.any()


def test_no_object_changes_nothing():
    patches = squares(RED)
    none = ObjectPatches(patches.rgba[:0], patches.box[:0], patches.circle[:0])
    canvas, topmost = pasted(none, [], [], [])
    assert canvas.min() == 1 and not topmost.any()


def test_patches_hold_cutouts_as_a_whole_whatever_their_turn():
    bank = CutoutBank.from_cutouts(emoji(), circles=True)
    which = torch.arange(9).repeat(8)
    scale = torch.linspace(0.25, 1, len(which))
    patches = ObjectPatches.render(
        bank, which, scale=scale, degrees=torch.arange(len(which)) * 31.0
    )
    masks = patches.rgba[:, 3] > 0.5
    assert patches.box.equal(mask_to_box(masks))
    assert torch.allclose(patches.circle, mask_to_circle(masks), atol=1e-3)
    assert not (patches.rgba[:, 3, 0] > 0).any() and not (patches.rgba[:, 3, :, -1] > 0).any()
    assert bank.circle is not None
    assert torch.allclose(patches.circle[:, 2], bank.circle[which, 2] * scale, atol=0.75)


def test_a_cutout_in_its_own_size_keeps_its_pixels():
    bank = CutoutBank.from_cutouts(emoji(), circles=True)
    one = torch.ones(9)
    patches = ObjectPatches.render(bank, torch.arange(9), scale=one, degrees=one * 0)
    area = bank.mask.flatten(1).sum(1)
    found = (patches.rgba[:, 3] > 0.5).flatten(1).sum(1)
    assert ((found - area).abs() / area).max() < 0.02
