"""Images are read by threads, in order, and only a few ahead."""

import threading
from io import BytesIO
from pathlib import Path
from time import sleep

import numpy as np
import pytest
import torch
from PIL import Image

from triptych.frame.errors import ImageError
from triptych.frame.progress import ProgressEvent
from triptych.frame.storage import read_ahead as module
from triptych.frame.storage.read_ahead import (
    AHEAD,
    each_image,
    read_ahead,
    read_images,
    refuse_several,
)

GREY = np.zeros((9, 9), np.uint8)
ONE = [GREY, GREY[..., None].repeat(3, 2), torch.zeros(9, 9), Image.fromarray(GREY), "a.png"]
ONE = [*ONE, Path("a.png"), b"bytes", bytearray(b"bytes"), BytesIO(b"bytes")]


def test_results_come_in_order_whoever_is_first():
    def slow_first(number: int) -> int:
        sleep(0.02 * (number == 0))
        return number * number

    assert list(read_ahead(slow_first, range(20), 4)) == [n * n for n in range(20)]


def test_threads_work_a_bounded_way_ahead():
    begun: list[int] = []
    results = read_ahead(lambda number: begun.append(number) or number, range(1000), 2)
    assert next(results) == 0
    sleep(0.05)
    assert len(begun) <= 2 * AHEAD + 1
    results.close()  # pyright: ignore


def test_several_are_under_way_at_once():
    both = threading.Barrier(2, timeout=10)
    assert len(list(read_ahead(lambda _: both.wait(), range(2), 2))) == 2


def test_an_error_of_the_work_is_raised_and_the_threads_end():
    def fail(number: int) -> int:
        if number == 3:
            raise ValueError("three")
        return number

    with pytest.raises(ValueError, match="three"):
        list(read_ahead(fail, range(100), 2))
    assert not any(thread.name.startswith("read-ahead") for thread in threading.enumerate())


def test_an_image_that_cannot_be_read_stops_no_other():
    def read(name: str) -> int:
        if name == "bad":
            raise ImageError("bad is damaged")
        return len(name)

    found = list(read_images(read, ["a", "bad", "ccc"]))
    assert found == [("a", 1), ("bad", "bad is damaged"), ("ccc", 3)]


def test_progress_is_reported_now_and_then_and_at_the_end(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "REPORT_EVERY", 4)
    events: list[ProgressEvent] = []
    list(read_images(str, range(10), progress=events.append, task="read"))
    assert events == [ProgressEvent("read", done, 10) for done in (4, 8, 10)]


def test_no_files_are_no_work():
    assert list(read_images(str, [])) == []


@pytest.mark.parametrize("image", ONE, ids=lambda image: type(image).__name__)
def test_one_image_counts_as_one(image: object):
    assert [one is image for one in each_image(image)] == [True]  # pyright: ignore
    refuse_several(image, "predict_all")


@pytest.mark.parametrize(
    "images",
    [
        np.zeros((2, 9, 9)),
        np.zeros((2, 9, 9, 3)),
        torch.zeros(2, 1, 9, 9),
        [GREY, "a.png"],
        (GREY, GREY),
        (GREY for _ in range(2)),
        map(str, range(2)),
    ],
    ids=lambda images: type(images).__name__,
)
def test_several_are_given_one_by_one(images: object):
    assert len(list(each_image(images))) == 2  # pyright: ignore


@pytest.mark.parametrize("images", [None, 3, {"a": GREY}])
def test_what_holds_no_images_is_refused(images: object):
    with pytest.raises(ImageError, match=r"^Expected several images as a list.* got \w+\.$"):
        list(each_image(images))  # pyright: ignore


@pytest.mark.parametrize("images", [np.zeros((2, 9, 9, 1)), torch.zeros(1, 3, 9, 9), [GREY]])
def test_several_in_place_of_one_are_sent_to_what_takes_them(images: object):
    with pytest.raises(ImageError, match=r"^Expected one image, got .* several to `predict_all`"):
        refuse_several(images, "predict_all")
