"""Pictures read once, the unusable ones told apart; and people split without overlap."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from triptych.faces.photos import crop_dataset as albums
from triptych.faces.photos.cropping import Cropper
from triptych.faces.photos.identity_folder import load_identities
from triptych.frame.errors import ConfigError
from triptych.frame.storage import images

CROPPER = Cropper("whole", 16, 16, 1)


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[Mapping[str, int]], Path]:
    """Writes so many different photos of each person."""

    def write(counts: Mapping[str, int]) -> Path:
        for number, (name, count) in enumerate(counts.items()):
            (tmp_path / name).mkdir()
            for photo in range(count):
                pixels = np.full((20, 20, 1), 10 * number + photo, np.uint8)
                images.save(tmp_path / name / f"{photo}.png", pixels)
        return tmp_path

    return write


def test_pictures_are_in_the_album_once_with_whose_they_are(folder):
    book, refused = albums.load_crops(load_identities(folder({"ann": 2, "bob": 3})), CROPPER)
    assert book.identities == ("ann", "bob")
    assert book.labels.tolist() == [0, 0, 1, 1, 1]
    assert book.images[:, 0, 0, 0].tolist() == [0, 1, 10, 11, 12]
    assert book.photos[2] == "bob/0.png"
    assert refused == ()


def test_what_cannot_be_used_is_refused_with_a_reason_and_stops_nothing(folder):
    place = folder({"ann": 3, "bob": 2, "cid": 1})
    (place / "ann" / "bad.png").write_bytes(b"no picture")
    (place / "bob" / "again.png").write_bytes((place / "ann" / "0.png").read_bytes())
    book, refused = albums.load_crops(load_identities(place), CROPPER)
    reasons = {one.photo: one.reason for one in refused}
    assert book.identities == ("ann", "bob")
    assert len(book) == 5
    assert set(reasons) == {"ann/bad.png", "bob/again.png", "cid/0.png"}
    assert reasons["bob/again.png"] == "The same picture as ann/0.png."
    assert reasons["cid/0.png"] == "The only photo of cid: training needs 2."


def test_fewer_than_two_people_with_two_photos_are_refused_in_words(folder):
    with pytest.raises(ConfigError, match=r"1 of 3 people have 2 photos or more; training"):
        albums.load_crops(load_identities(folder({"ann": 3, "bob": 1, "cid": 1})), CROPPER)


def test_not_one_readable_photo_is_refused_in_words(folder):
    place = folder({})
    (place / "ann").mkdir()
    (place / "ann" / "bad.png").write_bytes(b"")
    with pytest.raises(ConfigError, match="0 of 0 people"):
        albums.load_crops(load_identities(place), CROPPER)


def test_the_album_of_some_people_counts_them_anew(folder):
    book, _ = albums.load_crops(load_identities(folder({"ann": 2, "bob": 3, "cid": 2})), CROPPER)
    some = book.subset(["cid", "bob"])
    assert some.identities == ("bob", "cid")
    assert some.labels.tolist() == [0, 0, 0, 1, 1]
    assert some.images[:, 0, 0, 0].tolist() == [10, 11, 12, 20, 21]
    assert [photo[:3] for photo in some.photos] == ["bob"] * 3 + ["cid"] * 2


def test_a_part_of_an_album_keeps_the_numbers_of_its_people(folder):
    book, _ = albums.load_crops(load_identities(folder({"ann": 5, "bob": 5})), CROPPER)
    some = book.subsample(4, [0])
    assert len(some) == 4
    for picture, person, photo in zip(some.images, some.labels, some.photos):
        assert book.identities[person] == photo[:3]
        assert picture[0, 0, 0] // 10 == person
    assert book.subsample(10, [0]) is book


def test_quarter_turns_are_other_people():
    corner = torch.zeros(1, 1, 4, 4, dtype=torch.uint8)
    corner[0, 0, 0, 0] = 255
    book = albums.CropDataset(corner, torch.zeros(1, dtype=torch.int64), ("ann",), ("ann/0",))
    turned = book.with_rotation_classes()
    assert turned.labels.tolist() == [0, 1, 2, 3]
    assert len(set(turned.identities)) == 4
    assert turned.images.flatten(1).argmax(1).tolist() == [0, 12, 15, 3]


@given(
    count=st.integers(2, 60),
    validation=st.floats(0.01, 0.99),
    test=st.floats(0, 0.99),
    seed=st.integers(0, 5),
)
def test_no_person_is_in_two_parts_and_none_is_lost(count, validation, test, seed):
    names = [f"p{number}" for number in range(count)]
    parts = albums.split_identities(names, validation=validation, test=test, seed=seed)
    train, judges, final = (set(parts[part]) for part in ("train", "validation", "test"))
    assert len(train) >= 2
    assert len(judges) >= 2
    assert len(final) != 1
    assert not final & (train | judges)
    assert train == judges or not train & judges
    assert train | judges | final == set(names)
    if count >= 6 and 0 < test <= 0.5 and validation <= 0.5:
        assert final and train != judges


def test_who_is_tested_does_not_depend_on_who_trains():
    names = [f"p{number}" for number in range(40)]
    first, second = (
        albums.split_identities(names, validation=0.2, test=0.25, seed=seed, test_seed=3)
        for seed in (0, 1)
    )
    assert len(first["test"]) == 10
    assert len(first["validation"]) == 6
    assert first["test"] == second["test"]
    assert first["validation"] != second["validation"]
    other = albums.split_identities(names, validation=0.2, test=0.25, seed=0, test_seed=4)
    assert other["test"] != first["test"]
