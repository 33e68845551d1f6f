"""How a training begins: settings, the network, the photos of several folders."""

import numpy as np
import pytest
import torch

from triptych.faces.photos.crop_dataset import CropDataset
from triptych.faces.training.setup import (
    TrainConfig,
    build_network,
    dataset_fingerprint,
    merge_folders,
    resolve_config,
    starting_points,
)
from triptych.frame.errors import ConfigError, UnknownNameError
from triptych.frame.storage import images


def test_the_user_s_word_stands_above_what_a_start_recommends():
    general, triplets = resolve_config("scratch", {"lr": 0.5, "margin": 0.7, "people": 5})
    assert (general.lr, triplets.margin, triplets.identities_per_batch) == (0.5, 0.7, 5)
    assert general.batch == 5 * triplets.images_per_identity
    other, _ = resolve_config("mobilefacenet", {})
    assert other.lr < resolve_config("scratch", {})[0].lr


def test_each_start_brings_its_own_crops_and_margin():
    _, theirs = resolve_config("dlib", {})
    assert (theirs.height, theirs.width, theirs.template) == (150, 150, "dlib")
    # unit vectors of its faces lie close together: a usual margin would never be met
    assert theirs.margin < resolve_config("mobilefacenet", {})[1].margin
    assert starting_points() == ["scratch", "dlib", "mobilefacenet"]


def test_pictures_taken_whole_are_moved_farther_unless_somebody_says_otherwise():
    _, aligned = resolve_config("scratch", {"crop": "aligned"})
    _, whole = resolve_config("scratch", {"crop": "whole"})
    _, said = resolve_config("scratch", {"crop": "whole", "shift": 0.01})
    assert whole.shift > aligned.shift and whole.degrees > aligned.degrees
    assert said.shift == 0.01 and said.degrees == whole.degrees


@pytest.mark.parametrize(
    ("encoder", "settings", "error", "words"),
    [
        ("scratsh", {}, UnknownNameError, "Did you mean 'scratch'"),
        ("scratch", {"marjin": 1}, UnknownNameError, "Did you mean 'margin'"),
        ("scratch", {"margin": -1}, ConfigError, "Setting 'margin'"),
        ("scratch", {"photos": 1}, ConfigError, "Setting 'photos' or 'images_per_identity'"),
        ("scratch", {"crop": "round"}, ConfigError, "Setting 'crop'"),
        ("scratch", {"batch": 12}, ConfigError, "--people × --photos"),
        ("scratch", {"monitor": "score"}, ConfigError, "verification/score"),
        ("scratch", {"quarters": True, "height": 32, "width": 24}, ConfigError, "square"),
        ("mobilefacenet", {"height": 56}, ConfigError, "reads 112×96"),
        ("mobilefacenet", {"channels": 1}, ConfigError, "reads 112×96"),
        ("dlib", {"width": 96}, ConfigError, "'dlib' reads 150×150 in colour and gives 128"),
        ("dlib", {"template": "arcface"}, ConfigError, "'dlib' reads 150×150"),
        ("dlib-mobilefacenet", {}, UnknownNameError, "encoder to begin with"),
    ],
)
def test_slips_are_told_in_words(encoder, settings, error, words):
    with pytest.raises(error, match=words) as caught:
        resolve_config(encoder, settings)
    assert "\n" not in str(caught.value)


def test_the_same_seed_begins_with_the_same_weights():
    changes = {"height": 16, "width": 16, "channels": 1, "size": 8}
    plan = TrainConfig([], "scratch", {"base_channels": 4, "max_channels": 8})
    first, second = (build_network(plan, *resolve_config("scratch", changes)) for _ in range(2))
    other = build_network(plan, *resolve_config("scratch", {**changes, "seed": 1}))
    weights = [torch.cat([p.flatten() for p in net.parameters()]) for net in (first, second, other)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_the_same_person_in_two_folders_is_one(tmp_path):
    for folder, person, value in (("one", "ann", 1), ("two", "ann", 2), ("two", "bob", 3)):
        (tmp_path / folder / person).mkdir(parents=True, exist_ok=True)
        pixels = np.full((8, 8, 1), value, np.uint8)
        images.save(tmp_path / folder / person / "0.png", pixels)
    found = merge_folders([str(tmp_path / "one"), str(tmp_path / "two")])
    assert found.counts == {"ann": 2, "bob": 1}
    values = [images.read(photo.bytes())[0, 0, 0] for photo in found.photos]
    assert sorted(values[:2]) == [1, 2]


def test_an_album_with_another_picture_or_person_has_another_fingerprint():
    pixels = torch.zeros(2, 1, 4, 4, dtype=torch.uint8)
    book = CropDataset(pixels, torch.tensor([0, 1]), ("ann", "bob"), ("ann/0", "bob/0"))
    changed = pixels.clone()
    changed[1, 0, 3, 3] = 1
    others = [
        CropDataset(changed, book.labels, book.identities, book.photos),
        CropDataset(pixels, book.labels, ("ann", "bop"), book.photos),
        CropDataset(pixels, torch.tensor([1, 0]), book.identities, book.photos),
    ]
    same = CropDataset(pixels.clone(), book.labels.clone(), book.identities, book.photos)
    assert dataset_fingerprint(book) == dataset_fingerprint(same)
    assert len({dataset_fingerprint(one) for one in [book, *others]}) == 4
