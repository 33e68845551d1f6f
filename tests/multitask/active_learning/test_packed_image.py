"""Masks that wait take little memory, and come back as they were."""

from pathlib import Path

import numpy as np

from triptych.multitask.active_learning.packed_image import PackedImage
from triptych.multitask.structures.annotated_image import AnnotatedImage, AnnotatedObject
from triptych.multitask.structures.annotations import Circle
from triptych.multitask.structures.shapes import PixelMask


def test_masks_come_back_and_other_shapes_stay():
    noise = np.random.default_rng(0).random((31, 13)) > 0.5
    things = (
        AnnotatedObject("cell", Circle(1, 2, 3)),
        AnnotatedObject("cell", PixelMask(4, 5, noise), score=0.5),
        AnnotatedObject("lid", None),
    )
    image = AnnotatedImage(Path("/a.png"), objects=things)
    again = PackedImage.of(image).unpacked()
    assert again.objects is not None
    circle, mask, bare = again.objects
    assert (circle, bare) == (things[0], things[2])
    assert isinstance(mask.shape, PixelMask)
    assert (mask.label, mask.score, mask.shape.left, mask.shape.top) == ("cell", 0.5, 4, 5)
    assert np.array_equal(mask.shape.pixels, noise)
    unlabelled = AnnotatedImage(Path("/a.png"))
    assert PackedImage.of(unlabelled).unpacked() == unlabelled


def test_a_mask_of_a_photograph_takes_a_few_kilobytes():
    rows, columns = np.ogrid[:3000, :4000]
    disc = (rows - 1500) ** 2 + (columns - 2000) ** 2 < 1400**2
    image = AnnotatedImage(Path("/a"), objects=(AnnotatedObject("a", PixelMask(0, 0, disc)),))
    packed = PackedImage.of(image)
    assert len(packed.masks[0].bits) < disc.size / 200
