"""Shapes and types of every call are checked; nothing is fetched; no test sees another's cache."""

import os
import signal
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import settings
from jaxtyping import install_import_hook

# the same examples each time, and no complaint where the machine is busy
settings.register_profile("triptych", deadline=None, derandomize=True, database=None)
settings.load_profile("triptych")

# before any test file imports the package, and for the whole session; a whole number may stand
# for a float, as everywhere in Python's types
install_import_hook(
    "triptych", "beartype.beartype(conf=beartype.BeartypeConf(is_pep484_tower=True))"
)

# a shell's background jobs ignore Ctrl-C, and all that they start: programs tested are to heed it
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def alone(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Offline, with an empty cache of its own; only tests marked `real` see TRIPTYCH_DATA."""
    if not request.node.get_closest_marker("real"):
        monkeypatch.delenv("TRIPTYCH_DATA", raising=False)
    monkeypatch.setenv("TRIPTYCH_OFFLINE", "1")
    monkeypatch.setenv("TRIPTYCH_CACHE", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def data() -> Callable[[str], Path]:
    """Finds a real file by its path in TRIPTYCH_DATA; skips the test where there is none."""

    def find(name: str) -> Path:
        folders = os.environ.get("TRIPTYCH_DATA", "").split(os.pathsep)
        for place in (Path(folder, name) for folder in folders if folder):
            if place.exists():
                return place
        return pytest.skip(f"no {name} in TRIPTYCH_DATA")

    return find


Pictures = tuple[np.ndarray, list[int]]


def _write_idx(folder: Path, train: Pictures, test: Pictures) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for split, (images, labels) in {"train": train, "t10k": test}.items():
        head = struct.pack(">4B3I", 0, 0, 8, 3, *images.shape)
        (folder / f"{split}-images-idx3-ubyte").write_bytes(head + images.tobytes())
        head = struct.pack(">4BI", 0, 0, 8, 1, len(labels))
        (folder / f"{split}-labels-idx1-ubyte").write_bytes(head + bytes(labels))
    return folder


@pytest.fixture(scope="session")
def write_idx() -> Callable[[Path, Pictures, Pictures], Path]:
    """Writes a folder of IDX files: pictures and labels for training, then those for testing."""
    return _write_idx


@pytest.fixture(scope="session")
def few_digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of IDX files with 240 training and 60 test digits, to be read only."""
    from triptych.multitask.synthesis.digits import render_digits

    splits = []
    for number, count in enumerate((240, 60)):
        labels = torch.arange(count) % 10
        splits.append((render_digits(labels, (5, number)).numpy(), labels.tolist()))
    return _write_idx(tmp_path_factory.mktemp("few-digits"), *splits)


@pytest.fixture(scope="session")
def few_pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures of two classes in folders, with masks of the squares and disks in them, to be read
    only."""
    import cv2

    folder = tmp_path_factory.mktemp("few-pictures")
    rng = np.random.default_rng(3)
    for kind in ("images", "masks"):
        (folder / kind).mkdir()
    for number in range(96):
        picture = rng.integers(0, 60, (40, 48, 3), dtype=np.uint8)
        mask = np.zeros((40, 48), np.uint8)
        x, y = rng.integers(10, 30, 2).tolist()
        if number % 2:
            cv2.circle(mask, (x, y), 7, 1, -1)
        else:
            cv2.rectangle(mask, (x - 5, y - 5), (x + 5, y + 5), 2, -1)
        picture[mask > 0] += 150
        cv2.imwrite(str(folder / "images" / f"{number}.png"), picture)
        cv2.imwrite(str(folder / "masks" / f"{number}.png"), mask)
    (folder / "masks.yaml").write_text("kind: classes\nclasses: {1: disk, 2: square}\n")
    return folder


@pytest.fixture(scope="session")
def trained_run(tmp_path_factory: pytest.TempPathFactory, few_digits: Path) -> Path:
    """A run of `digits` with all its heads, to be read only."""
    from triptych import multitask

    folder = tmp_path_factory.mktemp("runs") / "digits"
    settings = {"epochs": 2, "batch": 64, "precision": "fp32", "device": "cpu"}
    options = {"input": "image"}  # so that any image has its answer
    multitask.train("digits", out=folder, source=str(few_digits), options=options, **settings)
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not os.environ.get("TRIPTYCH_DATA"):
        for item in items:
            if item.get_closest_marker("real"):
                item.add_marker(pytest.mark.skip(reason="TRIPTYCH_DATA is not set"))
