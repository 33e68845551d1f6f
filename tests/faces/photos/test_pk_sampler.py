"""P people and K photos of each, the same whenever the same is asked for."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from triptych.faces.photos.augmentation import AugmentationConfig
from triptych.faces.photos.crop_dataset import CropDataset
from triptych.faces.photos.pk_sampler import (
    MIN_STEPS,
    PKConfig,
    PKLoader,
    SequentialLoader,
    pk_config_for,
    sample_pk,
)


def album(*counts: int) -> CropDataset:
    people = torch.arange(len(counts)).repeat_interleave(torch.tensor(counts))
    images = (torch.arange(len(people)) % 256).to(torch.uint8)[:, None, None, None]
    names = tuple(f"p{number}" for number in range(len(counts)))
    photos = tuple(map(str, range(len(people))))
    return CropDataset(images.expand(-1, 1, 8, 8).contiguous(), people, names, photos)


@given(
    counts=st.lists(st.integers(1, 9), min_size=2, max_size=12),
    people=st.integers(1, 5),
    photos=st.integers(1, 5),
    steps=st.integers(1, 7),
)
def test_a_batch_has_so_many_people_and_photos_of_each_none_twice_if_there_are_enough(
    counts, people, photos, steps
):
    whose = np.repeat(np.arange(len(counts)), counts)
    lot = PKConfig(min(people, len(counts)), photos, steps)
    drawn = sample_pk(whose, lot, steps, [0])
    assert drawn.shape == (steps, lot.identities * photos)
    for batch in drawn:
        rows = batch.reshape(-1, photos)
        assert (whose[rows] == whose[rows][:, :1]).all()
        assert len(set(whose[rows][:, 0])) == lot.identities
        for row in rows:
            assert len(set(row)) == min(photos, counts[whose[row[0]]])


def test_everybody_comes_equally_often():
    whose = np.repeat(np.arange(7), [2, 50, 3, 9, 9, 9, 20])
    drawn = sample_pk(whose, PKConfig(7, 2, 40), 40, [3])
    assert (np.bincount(whose[drawn].ravel()) == 80).all()


def test_all_photos_of_a_person_are_drawn_in_time():
    drawn = sample_pk(np.repeat(np.arange(4), 10), PKConfig(4, 4, 30), 30, [1])
    assert len(np.unique(drawn)) == 40


def test_a_batch_is_a_function_of_seed_and_epoch():
    def pictures(seed: int, epoch: int) -> torch.Tensor:
        made = PKLoader(
            album(5, 6, 7), PKConfig(2, 3, 4), AugmentationConfig(), seed=seed, epoch=epoch
        )
        return torch.cat([batch.images for batch in made])

    assert torch.equal(pictures(0, 2), pictures(0, 2))
    assert not torch.equal(pictures(0, 2), pictures(0, 3))
    assert not torch.equal(pictures(0, 2), pictures(1, 2))


def test_processes_share_the_batches_of_an_epoch():
    def made(rank: int, processes: int) -> list[torch.Tensor]:
        share = rank, processes
        lot = PKConfig(2, 2, 6 // processes)
        return [
            batch.images
            for batch in PKLoader(
                album(5, 6, 7), lot, AugmentationConfig(), seed=0, epoch=0, share=share
            )
        ]

    alone = made(0, 1)
    for number, batch in enumerate(alone):
        assert torch.equal(batch, made(number % 2, 2)[number // 2])


def test_a_batch_says_whose_its_pictures_are():
    book = album(3, 3)
    (batch,) = PKLoader(
        book, PKConfig(2, 3, 1), AugmentationConfig(0, 0, 0, 0, 0, 0), seed=0, epoch=0
    )
    shown = (batch.images[:, 0, 0, 0] * 255).round().long()
    assert torch.equal(book.labels[shown], batch.labels)
    assert len(batch) == 6


def test_views_show_each_picture_once_in_order():
    book = album(5, 6)
    views = SequentialLoader(book, 4)
    batches = list(views)
    assert len(views) == len(batches) == 3
    assert torch.equal(torch.cat([batch.labels for batch in batches]), book.labels)
    assert torch.equal(torch.cat([batch.images for batch in batches]), book.images / 255)


@pytest.mark.parametrize(
    ("people", "photos", "steps", "expected"),
    [
        (16, 4, 0, PKConfig(3, 4, MIN_STEPS)),  # a small album: fewer people, no short epochs
        (2, 2, 7, PKConfig(2, 2, 7)),
        (2, 2, 0, PKConfig(2, 2, 75)),  # each photo about once
    ],
)
def test_a_lot_fits_its_album(people, photos, steps, expected):
    assert pk_config_for(album(100, 100, 100), people, photos, steps) == expected
