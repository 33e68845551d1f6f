"""Squares cut by chance: the same for the same seed, epoch and place; exact where nothing moves."""

import pytest
import torch

from triptych.style.fast.datamodule import RandomCropLoader, ValidationLoader, crop_resize
from triptych.style.fast.photos import PhotoCrops


@pytest.fixture(scope="module")
def photos() -> PhotoCrops:
    """Photo i is of one colour, 10·i, with its left half 5 brighter."""
    squares = torch.arange(6, dtype=torch.uint8).mul(10)[:, None, None, None].repeat(1, 3, 64, 64)
    squares[..., :32] += 5
    names = ("a", "a", "a", "b", "c", "c")
    return PhotoCrops(squares, names, ("here",) * 6)


def cuts(photos: PhotoCrops, **changes: int | float | tuple[int, int]) -> RandomCropLoader:
    return RandomCropLoader(photos, photos.names, **{"size": 32, "batch": 3, "steps": 4, **changes})  # pyright: ignore


def test_an_epoch_is_a_function_of_seed_and_epoch(photos: PhotoCrops):
    first, again = (torch.stack(list(cuts(photos, seed=1, epoch=2))) for _ in range(2))
    assert torch.equal(first, again)
    for other in ({"seed": 2, "epoch": 2}, {"seed": 1, "epoch": 3}):
        assert not torch.equal(first, torch.stack(list(cuts(photos, **other))))


def test_processes_share_an_epoch_out(photos: PhotoCrops):
    halves = [list(cuts(photos, share=(rank, 2))) for rank in (0, 1)]
    whole = list(cuts(photos, steps=8))
    assert [len(half) for half in halves] == [4, 4]
    for number, batch in enumerate(whole):
        assert torch.equal(batch, halves[number % 2][number // 2])


def test_batches_are_pictures_of_the_size_asked_for(photos: PhotoCrops):
    made = cuts(photos, min_crop=0.3)
    assert len(made) == len(list(made)) == 4
    for batch in made:
        assert batch.shape == (3, 3, 32, 32)
        assert batch.dtype == torch.float32
        assert batch.min() >= 0 and batch.max() <= 1


def test_all_photos_come_mirrored_or_not(photos: PhotoCrops):
    seen = set()
    for batch in cuts(photos, batch=64, min_crop=1.0):
        for picture in (batch * 255).round().int():
            left, right = int(picture[0, 16, 2]), int(picture[0, 16, -3])
            assert abs(left - right) == 5
            seen.add((min(left, right), left > right))
    assert seen == {(10 * number, way) for number in range(6) for way in (True, False)}


def test_only_the_photos_named_are_cut(photos: PhotoCrops):
    made = RandomCropLoader(photos, {"a", "c"}, size=32, batch=64, steps=2, min_crop=1.0)
    seen = {int(picture[0, 16, 2] * 255) // 10 for batch in made for picture in batch}
    assert seen == {0, 1, 2, 4, 5}


def test_a_whole_square_at_half_its_size_is_the_mean_of_its_pixels():
    squares = torch.randint(0, 256, (2, 3, 32, 32), dtype=torch.uint8)
    ones = torch.ones(2)
    found = crop_resize(squares, ones, torch.zeros(2, 2), ones, 16)
    expected = torch.nn.functional.avg_pool2d(squares.float() / 255, 2)
    assert torch.allclose(found, expected, atol=1e-5)
    mirrored = crop_resize(squares, ones, torch.zeros(2, 2), -ones, 16)
    assert torch.allclose(mirrored, expected.flip(3), atol=1e-5)


def test_a_quarter_is_cut_where_it_is_asked_for():
    ramp = torch.arange(32, dtype=torch.uint8)
    squares = torch.stack([7 * ramp[:, None].expand(32, 32), 5 * ramp.expand(32, 32)])
    squares = torch.cat([squares, squares[:1]])[None]
    half, one = torch.full((1,), 0.5), torch.ones(1)
    # to the right and up: rows 0 … 15, columns 16 … 31; on a slope, pixels and means agree
    found = crop_resize(squares, half, torch.tensor([[0.5, -0.5]]), one, 16) * 255
    inside = slice(1, 15)  # samples beyond the picture's border repeat it
    expected = squares[..., :16, 16:].float()
    assert torch.allclose(found[..., inside, inside], expected[..., inside, inside], atol=1e-2)


def test_each_photo_is_viewed_once_in_its_middle(photos: PhotoCrops):
    views = ValidationLoader(photos, 32)
    assert views.names == ("a", "b", "c")
    (pictures,) = list(views)
    assert len(views) == 1
    assert (pictures[:, 0, 16, -1] * 255).round().tolist() == [10, 30, 50]
