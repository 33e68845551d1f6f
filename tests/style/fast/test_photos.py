"""Photographs: what is read from folders and zips, what is refused, who is held out."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from triptych.frame.errors import DataError
from triptych.frame.storage import images
from triptych.style.fast.photos import PhotoCrops, list_photos, load_photos


def photo(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng([seed, height]).integers(0, 256, (height, width, 3), "u1")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three photos, one of them in a folder below, and what is none."""
    place = tmp_path / "photos"
    (place / "below").mkdir(parents=True)
    images.save(place / "square.png", photo(40, 40))
    images.save(place / "wide.png", photo(40, 100))
    images.save(place / "below" / "high.png", photo(70, 40))
    (place / "notes.txt").write_text("words")
    (place / ".hidden.png").write_bytes(b"")
    return place


def test_folders_are_read_with_those_below(folder: Path):
    assert [one.name for one in list_photos([folder])] == [
        "below/high.png",
        "square.png",
        "wide.png",
    ]


def test_a_zip_is_the_folder_it_holds(folder: Path, tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as packed:
        for path in folder.rglob("*"):
            packed.write(path, path.relative_to(folder))
    names = [one.name for one in list_photos([folder])]
    assert [one.name for one in list_photos([tmp_path / "photos.zip"])] == names
    plain, _ = load_photos(list_photos([folder]), 32, max_photos=9)
    zipped, refused = load_photos(list_photos([tmp_path / "photos.zip"]), 32, max_photos=9)
    assert torch.equal(plain.crops, zipped.crops)
    assert not refused


def test_squares_cover_a_photo_from_end_to_end(folder: Path):
    photos, _ = load_photos(list_photos([folder]), 40, max_photos=9)
    wide = [at for at, name in enumerate(photos.names) if name.endswith("wide.png")]
    found = [photos.crops[at].permute(1, 2, 0).numpy() for at in wide]
    pixels = photo(40, 100)
    assert len(found) == 3
    for square, left in zip(found, (0, 30, 60)):
        assert (square == pixels[:, left : left + 40]).all()


def test_photos_come_at_one_size(folder: Path):
    photos, _ = load_photos(list_photos([folder]), 32, max_photos=9)
    assert photos.crops.shape == (1 + 3 + 2, 3, 32, 32)
    assert len(photos) == len(photos.names) == len(photos.places) == 6


def test_what_cannot_be_used_is_refused_with_its_reason(folder: Path):
    (folder / "bad.png").write_bytes(b"no picture")
    (folder / "cut.png").write_bytes((folder / "square.png").read_bytes()[:200])
    images.save(folder / "again.png", photo(40, 40))
    images.save(folder / "tiny.png", photo(3, 9))
    photos, refused = load_photos(list_photos([folder]), 32, max_photos=99)
    told = {one.photo: one.reason for one in refused}
    assert set(told) == {"bad.png", "cut.png", "square.png", "tiny.png"}
    assert "another kind of file: bad.png." in told["bad.png"]
    assert told["cut.png"].startswith("cut.png is a damaged picture")
    assert "again.png" in told["square.png"]
    assert "9×3" in told["tiny.png"]
    assert {Path(name).name for name in photos.names} == {"again.png", "wide.png", "high.png"}


def test_of_many_photos_some_are_drawn(folder: Path):
    files = list_photos([folder])
    drawn = {
        frozenset(load_photos(files, 32, max_photos=2, seed=seed)[0].names) for seed in range(20)
    }
    assert all(len(names) == 2 for names in drawn)
    assert len(drawn) == 3
    first, again = (load_photos(files, 32, max_photos=2, seed=7)[0] for _ in range(2))
    assert first.fingerprint() == again.fingerprint()


def test_other_photos_have_another_fingerprint(folder: Path):
    before, _ = load_photos(list_photos([folder]), 32, max_photos=9)
    images.save(folder / "square.png", photo(40, 40, seed=1))
    after, _ = load_photos(list_photos([folder]), 32, max_photos=9)
    assert before.names == after.names
    assert before.fingerprint() != after.fingerprint()


@pytest.mark.parametrize("what", ["missing", "empty", "broken.zip"])
def test_a_place_without_photos_is_refused(tmp_path: Path, what: str):
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.zip").write_bytes(b"PK no zip")
    with pytest.raises(DataError, match=what):
        list_photos([tmp_path / what])


def test_one_photo_is_too_few(tmp_path: Path):
    images.save(tmp_path / "one.png", photo(40, 40))
    (tmp_path / "two.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"2 photos or more.*got 1.*two\.png"):
        load_photos(list_photos([tmp_path]), 32, max_photos=9)


def many(here: int, there: int) -> PhotoCrops:
    """Photos of one square each, but the first, which has two."""
    names = ["a0", *(f"a{i}" for i in range(here)), *(f"b{i}" for i in range(there))]
    places = ["a"] * (here + 1) + ["b"] * there
    return PhotoCrops(
        torch.zeros(len(names), 3, 4, 4, dtype=torch.uint8), tuple(names), tuple(places)
    )


@given(st.integers(2, 30), st.integers(0, 30), st.integers(1, 9), st.integers(0, 99))
def test_nobody_learns_from_what_is_held_out(here: int, there: int, held: int, seed: int):
    photos = many(here, there)
    learnt, kept = photos.split(held, seed)
    assert not set(learnt) & set(kept)
    assert {*learnt, *kept} == set(photos.names)
    assert len(kept) == max(1, min(held, (here + there) // 3))
    assert set(photos.subset(learnt).names) == set(learnt)


def test_places_take_turns_in_what_is_held_out():
    _, kept = many(8, 100).split(4, 0)
    assert sorted(name[0] for name in kept) == ["a", "a", "b", "b"]
