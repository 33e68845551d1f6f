"""Rows are kept where they fit, and nothing is left behind."""

import gc
from pathlib import Path

import numpy as np
import pytest

from triptych.multitask.data import array_cache
from triptych.multitask.data.array_cache import ArrayCache, Place, free_memory, roomiest

ARRAYS = {"pixels": ((2, 3), np.uint8), "known": ((), np.int64)}


@pytest.mark.parametrize("place", ["memory", "disk"])
def test_rows_come_back_as_they_were_put(tmp_path: Path, place: Place):
    cache = ArrayCache(4, ARRAYS, place, tmp_path / "cache")
    rows = {row: np.arange(6, dtype=np.uint8).reshape(2, 3) + row for row in (2, 0)}
    for row, pixels in rows.items():
        cache.put(row, {"pixels": pixels, "known": np.int64(-row)})
    assert cache.known.tolist() == [True, False, True, False]
    assert cache.get("pixels", [2, 0]).tolist() == [rows[2].tolist(), rows[0].tolist()]
    assert cache.get("known", np.array([0, 2])).tolist() == [0, -2]


def test_files_on_the_disk_are_gone_with_the_cache(tmp_path: Path):
    cache = ArrayCache(4, ARRAYS, "disk", tmp_path)
    other = ArrayCache(4, ARRAYS, "disk", tmp_path)  # two runs do not meet
    assert sorted(file.name for file in tmp_path.glob("*/*")) == ["known"] * 2 + ["pixels"] * 2
    del cache
    gc.collect()
    assert sorted(file.name for file in tmp_path.glob("*/*")) == ["known", "pixels"]
    assert other.known.sum() == 0


def test_what_keeps_nothing_knows_nothing(tmp_path: Path):
    cache = ArrayCache(4, ARRAYS, "none", tmp_path / "cache")
    cache.put(1, {"pixels": np.ones((2, 3), np.uint8)})
    assert not cache.known.any()
    assert not (tmp_path / "cache").exists()


def test_what_is_too_large_for_memory_goes_on_the_disk_and_else_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    usage = type("Usage", (), {"free": 2000})
    monkeypatch.setattr(array_cache, "free_memory", lambda: 1000)
    monkeypatch.setattr(array_cache.shutil, "disk_usage", lambda _: usage)
    new = tmp_path / "new" / "folder"
    assert [roomiest(size, new) for size in (300, 301, 1000, 1001)] == [
        "memory",
        "disk",
        "disk",
        "none",
    ]


def test_free_memory_is_a_part_of_what_the_machine_has(monkeypatch: pytest.MonkeyPatch):
    pages = {"SC_AVPHYS_PAGES": 10, "SC_PHYS_PAGES": 400, "SC_PAGE_SIZE": 4096}
    monkeypatch.setattr(array_cache.os, "sysconf", pages.__getitem__)
    assert free_memory() == 100 * 4096  # a quarter, where files fill nearly all
    pages["SC_AVPHYS_PAGES"] = 300
    assert free_memory() == 300 * 4096

    def unknown(name: str) -> int:
        raise ValueError(name)

    monkeypatch.setattr(array_cache.os, "sysconf", unknown)
    assert free_memory() == 2**31
