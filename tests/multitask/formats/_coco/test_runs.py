"""Run lengths, held to pycocotools."""

from typing import Any

import numpy as np
import pytest

from triptych.multitask.formats._coco.runs import decode_counts, encode_mask, read_runs
from triptych.multitask.structures.rasterize import shape_pixels

pycocotools: Any = pytest.importorskip("pycocotools.mask")


def test_counts_run_down_the_columns_and_begin_off():
    mask = read_runs({"size": [4, 5], "counts": [3, 4, 13]})
    expected = np.zeros((4, 5), bool)
    expected[3, 0] = expected[:3, 1] = True
    assert (shape_pixels(mask, 4, 5) == expected).all()
    assert (mask.left, mask.top, mask.pixels.shape) == (0, 0, (4, 2))


@pytest.mark.parametrize("density", [0.001, 0.02, 0.5, 0.98, 1.0])
@pytest.mark.parametrize("shape", [(1, 1), (7, 300), (480, 64), (1500, 1500)])
def test_text_is_read_and_written_as_pycocotools_does(shape: tuple[int, int], density: float):
    random = np.random.default_rng(0)
    mask = random.random(shape) < density
    theirs = pycocotools.encode(np.asfortranarray(mask.astype(np.uint8)))["counts"].decode()
    assert encode_mask(mask) == theirs
    read = read_runs({"size": list(shape), "counts": theirs})
    assert (shape_pixels(read, *shape) == mask).all()


def test_lists_and_text_say_the_same():
    height, width = 30, 40
    mask = np.zeros((height, width), bool)
    mask[5:25, 7] = mask[0, 9:30] = mask[29, 39] = True
    text = encode_mask(mask)
    listed = read_runs({"size": [height, width], "counts": decode_counts(text)})
    assert (shape_pixels(listed, height, width) == mask).all()
    assert (listed.left, listed.top) == (7, 0)


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ([3, 4], "add up to 4 × 5 = 20 pixels, got 7"),
        ([3.5, 4.5, 12], "whole numbers"),
        ([3.0, 4.0, 13.0], "whole numbers"),
        ([True, 4, 15], "whole numbers"),
        ([-3, 23], "negative"),
        ([10**400, 3], "add up to"),
        ([], "got 0"),
        ("", "got 0"),
        ("34", "got 7"),
        ("3T", "damaged"),
        ("3é", "damaged"),
        ("3 \n", "damaged"),
        ("oooooooooooooooo0", "too large"),
        (None, "whole numbers"),
        ({"a": 1}, "whole numbers"),
    ],
)
def test_counts_that_are_none_are_refused_in_words(counts: object, told: str):
    with pytest.raises(ValueError, match=told):
        read_runs({"size": [4, 5], "counts": counts})


@pytest.mark.parametrize("size", [None, [4], [4, 5, 3], [4.0, 5], [0, 5], [-4, -5], [10**9, 10**9]])
def test_sizes_that_are_none_are_refused_before_anything_is_laid_out(size: object):
    with pytest.raises(ValueError, match="size"):
        read_runs({"size": size, "counts": [10**18]})


def test_no_pixel_at_all_is_an_empty_mask():
    assert not read_runs({"size": [4, 5], "counts": [20]}).pixels.any()
    assert not read_runs({"size": [4, 5], "counts": [20, 0]}).pixels.any()
