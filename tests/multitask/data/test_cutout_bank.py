"""Cutouts with what is true of them."""

import numpy as np
import pytest
import torch

from triptych.multitask.data.cutout_bank import CutoutBank
from triptych.multitask.data.otsu import otsu_mask
from triptych.multitask.data.source import Cutouts
from triptych.multitask.structures.geometry import mask_to_box, mask_to_circle


@pytest.fixture
def digits() -> CutoutBank:
    images = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (6, 1, 9, 7), np.uint8))
    return CutoutBank.from_cutouts(
        Cutouts(images, torch.arange(6) % 3, ("a", "b", "c")), circles=True
    )


def test_the_mask_is_where_alpha_is_above_one_half():
    alpha = torch.tensor([[[127, 128]]], dtype=torch.uint8)
    cutouts = Cutouts(torch.zeros(1, 3, 1, 2, dtype=torch.uint8), torch.tensor([0]), ("a",), alpha)
    bank = CutoutBank.from_cutouts(cutouts, circles=False)
    assert bank.mask.tolist() == [[[False, True]]] and bank.circle is None


def test_a_subset_is_in_the_order_asked_for(digits: CutoutBank):
    part = digits.subset(torch.tensor([4, 1]))
    assert len(part) == 2 and part.label.tolist() == [1, 1]
    assert part.images.equal(digits.images[[4, 1]])


def test_without_alpha_the_mask_is_above_otsus_threshold(digits: CutoutBank):
    assert digits.mask.equal(otsu_mask(digits.images[:, 0]))
    assert digits.alpha.equal(digits.images[:, 0])


def test_boxes_and_circles_are_those_of_the_masks(digits: CutoutBank):
    assert digits.box.equal(mask_to_box(digits.mask))
    assert digits.circle is not None and digits.circle.equal(mask_to_circle(digits.mask))


def test_a_bank_without_circles_stays_without_them():
    cutouts = Cutouts(torch.ones(2, 1, 3, 3, dtype=torch.uint8), torch.arange(2), ("a", "b"))
    bank = CutoutBank.from_cutouts(cutouts, circles=False)
    assert bank.subset(torch.tensor([1])).circle is None
    assert bank.to(torch.device("cpu")).circle is None
