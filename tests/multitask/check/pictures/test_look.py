"""Files are looked at once, and again where they changed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from triptych.multitask.check.pictures import look as module
from triptych.multitask.check.pictures.look import read_facts
from triptych.multitask.structures.annotated_image import AnnotatedImage


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the pictures that are read, from now on."""
    names: list[str] = []
    read = module.read_picture

    def noted(file, *, deep=False):
        names.append(file.path.name)
        return read(file, deep=deep)

    monkeypatch.setattr(module, "read_picture", noted)
    return names


def test_only_what_changed_is_read_again(annotate, paint: Callable[..., Path], reads: list[str]):
    files = [paint(f"{name}.jpg", seed) for seed, name in enumerate("abcd")]
    images = [AnnotatedImage(file) for file in files]
    first = read_facts(annotate(images))
    assert sorted(reads) == ["a.jpg", "b.jpg", "c.jpg", "d.jpg"]
    reads.clear()
    again = read_facts(annotate(images))
    assert reads == []
    for name, values in first.numbers.items():
        assert (again.numbers[name] == values).all(), name
    assert (again.thumbnails() == first.thumbnails()).all()

    paint("b.jpg", 9, 100, 80)
    files[3].unlink()
    images = [AnnotatedImage(paint("new.jpg", 10)), *images[1:]]
    changed = read_facts(annotate(images))
    assert sorted(reads) == ["b.jpg", "new.jpg"]
    assert changed.missing.tolist() == [False, False, False, True]
    assert changed.numbers["width"].tolist() == [64, 100, 64, 0]
    assert (changed.thumbnails()[2] == first.thumbnails()[2]).all()


def test_reasons_are_kept_and_forgotten(annotate, paint: Callable[..., Path], reads: list[str]):
    images = [AnnotatedImage(paint("a.jpg", 1)), AnnotatedImage(paint("b.jpg", 2))]
    images[1].file.write_bytes(b"no picture")
    assert "no picture" in read_facts(annotate(images)).reasons[1]
    reads.clear()
    assert "no picture" in read_facts(annotate(images)).reasons[1] and reads == []
    paint("b.jpg", 2)
    assert read_facts(annotate(images)).reasons == {}


def test_whole_decoding_is_done_once(annotate, paint: Callable[..., Path], reads: list[str]):
    images = [AnnotatedImage(paint("a.jpg", 1))]
    for deep, times in ((False, 1), (True, 1), (True, 0), (False, 0)):
        reads.clear()
        read_facts(annotate(images), deep=deep)
        assert len(reads) == times


def test_a_damaged_cache_is_made_anew(annotate, paint: Callable[..., Path], reads: list[str]):
    annotated = annotate([AnnotatedImage(paint("a.jpg", 1))])
    read_facts(annotated)
    annotated.path.with_name(module.FILE).write_bytes(b"PAR1 or not")
    assert read_facts(annotated).numbers["width"].tolist() == [64]
    assert len(reads) == 2
