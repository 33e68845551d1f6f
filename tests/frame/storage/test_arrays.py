"""Arrays and tensors handed over as images, of every layout, type and range."""

import numpy as np
import pytest
import torch

from triptych.frame.errors import ImageError
from triptych.frame.storage.images import as_image

RNG = np.random.default_rng(0)
PHOTO = RNG.integers(0, 256, (5, 6, 3), dtype=np.uint8)
FRACTIONS = PHOTO.astype(np.float32) / 255


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (PHOTO, PHOTO),
        (FRACTIONS, PHOTO),
        (FRACTIONS.astype(np.float64), PHOTO),
        (FRACTIONS.astype(np.float16), PHOTO),
        (PHOTO.transpose(2, 0, 1), PHOTO),
        (FRACTIONS.transpose(2, 0, 1), PHOTO),
        (PHOTO[:, ::-1], PHOTO[:, ::-1]),
        (PHOTO[..., 0], PHOTO[..., :1].repeat(3, 2)),
        (PHOTO[..., :1], PHOTO[..., :1].repeat(3, 2)),
        (PHOTO[None, ..., 0], PHOTO[..., :1].repeat(3, 2)),
        (FRACTIONS[..., 0], PHOTO[..., :1].repeat(3, 2)),
        (np.zeros((28, 28)), np.zeros((28, 28, 3))),
        (np.array([[-0.1, 0.002, 0.5, 1.2]]), np.array([[[0] * 3, [1] * 3, [128] * 3, [255] * 3]])),
    ],
)
def test_arrays_of_every_layout_are_taken(array: np.ndarray, expected: np.ndarray) -> None:
    image = as_image(array)
    assert image.dtype == np.uint8 and image.flags.c_contiguous and image.flags.writeable
    assert np.array_equal(image, expected)
    assert np.array_equal(as_image(torch.from_numpy(np.ascontiguousarray(array))), expected)


def test_where_both_ends_could_be_channels_arrays_have_them_last_and_tensors_first() -> None:
    values = RNG.integers(0, 256, (3, 5, 3), dtype=np.uint8)
    assert np.array_equal(as_image(values), values)
    assert np.array_equal(as_image(torch.from_numpy(values)), values.transpose(1, 2, 0))


def test_tensors_may_need_gradients_or_be_of_bfloat16() -> None:
    tensor = torch.from_numpy(FRACTIONS.transpose(2, 0, 1).copy())
    assert np.array_equal(as_image(tensor.requires_grad_()), PHOTO)
    assert np.abs(as_image(tensor.detach().bfloat16()).astype(int) - PHOTO).max() <= 1


def test_an_array_that_is_rgb_already_is_not_copied() -> None:
    assert as_image(PHOTO) is PHOTO


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (FRACTIONS * 255, r"floats 0 … 1, got 0 … 2\d\d\. Pass uint8, or divide by 255\."),
        ((FRACTIONS - 0.5) / 0.2, r"floats 0 … 1, got -2.* Undo its normalization"),
        (np.full((3, 4, 3), np.nan), r"floats 0 … 1, got nan … nan"),
        (np.full((3, 4), np.inf), r"got inf … inf"),
        (PHOTO.astype(np.int64), r"got int64\. Convert it: image\.astype\('uint8'\)"),
        (PHOTO.astype(np.uint16) * 257, r"got uint16\. Convert it: \(image / 257\)\.astype"),
        (PHOTO > 99, r"got bool\. Convert it: \(image \* 255\)\.astype\('uint8'\)"),
        ((PHOTO > 99).astype(np.uint8), r"uint8 0 … 255, got 0 … 1\. Multiply it by 255"),
        (np.zeros((4, 3, 32, 32)), r"got 4×3×32×32\. Give one image at a time"),
        (np.zeros((5, 6, 2), np.uint8), r"1, 3 or 4 channels, got 5×6×2"),
        (np.zeros(12, np.uint8), r"H×W, H×W×C or C×H×W .* got 12"),
        (np.array(3.0), r"got a single number"),
        (np.zeros((0, 4, 3), np.uint8), r"with pixels, got 0×4×3"),
    ],
)
def test_other_arrays_are_refused_with_what_to_do(array: np.ndarray, words: str) -> None:
    with pytest.raises(ImageError, match=words) as told:
        as_image(array)
    assert "\n" not in str(told.value) and str(told.value).startswith("Expected the image")
