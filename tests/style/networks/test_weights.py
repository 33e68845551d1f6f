"""Weights are read as numbers, never as code, and VGG-19's own are kept small."""

import hashlib
import pickle
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save, save_file
from torch import Tensor

from triptych.backbones.vgg19 import CONVOLUTIONS, VGG19
from triptych.frame.errors import AssetNotFoundError, DataError, WriteError
from triptych.frame.storage import assets as frame_assets
from triptych.style.assets import VGG19_SMALL, VGG19_WEIGHTS
from triptych.style.networks import _weights
from triptych.style.networks._checkpoint_formats import build_backbone
from triptych.style.networks._weights import FULL, HALF, is_available, read_weights

PLACES = (0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34)
SMALL = save({"conv1_1.weight": torch.rand(4, 3, 3, 3), "conv1_1.bias": torch.rand(4)})
FLAG = "was run"


class Evil:
    """Leaves a file behind where it is unpickled."""

    def __init__(self, place: Path):
        self.place = place

    def __reduce__(self) -> tuple:
        return Path.write_text, (self.place, FLAG)


def published() -> dict[str, Tensor]:
    """Weights as torchvision names them, but narrow, with a classifier."""
    torch.manual_seed(0)
    tensors = VGG19(3, 32, 32, widths=(2, 3, 4, 5, 6)).state_dict()
    numbered = {
        f"features.{place}.{part}": tensors[f"{name}.{part}"]
        for name, place in zip(CONVOLUTIONS, PLACES)
        for part in ("weight", "bias")
    }
    return numbered | {"classifier.0.weight": torch.rand(50, 50)}


@pytest.fixture
def official(monkeypatch: pytest.MonkeyPatch):
    """Puts a file in the place of the published one, whose checksum begins as that of the file."""

    def put(content: object, *, zipped: bool = True) -> frame_assets.Asset:
        path = frame_assets.cache_folder() / VGG19_WEIGHTS.path
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save(content, path, _use_new_zipfile_serialization=zipped)
        digits = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
        asset = replace(VGG19_WEIGHTS, sha256=digits, size=path.stat().st_size)
        monkeypatch.setattr(_weights, "VGG19_WEIGHTS", asset)
        return asset

    return put


# --- read ---


def test_what_was_saved_is_read(tmp_path: Path):
    path = tmp_path / "a.safetensors"
    save_file({"one": torch.arange(3.0)}, path)
    assert read_weights(path)["one"].tolist() == [0, 1, 2]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(length=st.integers(0, len(SMALL) - 1))
def test_a_file_cut_short_is_told(length: int, tmp_path: Path):
    path = tmp_path / "a.safetensors"
    path.write_bytes(SMALL[:length])
    with pytest.raises(DataError, match=r"a\.safetensors is no whole safetensors file") as told:
        read_weights(path)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("kind", ["zipped", "legacy", *range(pickle.HIGHEST_PROTOCOL + 1)], ids=str)
def test_a_pickle_is_refused_and_never_run(kind: str | int, tmp_path: Path):
    path, place = tmp_path / "a.safetensors", tmp_path / "flag"
    if isinstance(kind, int):
        path.write_bytes(pickle.dumps(Evil(place), kind))
    else:
        torch.save(Evil(place), path, _use_new_zipfile_serialization=kind == "zipped")
    with pytest.raises(DataError) as told:
        read_weights(path)
    assert not place.exists() and "\n" not in str(told.value)
    if kind in ("zipped", "legacy"):
        assert "got a pickle" in str(told.value)


@pytest.mark.parametrize("length", [0x280, 0x380, 0x480, 0x580])
def test_a_header_as_long_as_a_pickle_begins_is_read(length: int, tmp_path: Path):
    path = tmp_path / "a.safetensors"
    packed = save({"one": torch.ones(1)}, {"told": "_" * 400})
    padding = length - int.from_bytes(packed[:8], "little")
    header = packed[8:-4] + b" " * padding
    path.write_bytes(length.to_bytes(8, "little") + header + packed[-4:])
    assert path.read_bytes().startswith(_weights.PICKLES)
    assert read_weights(path)["one"].tolist() == [1]


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n", b"\xff" * 100, b"{}" * 50])
def test_other_files_are_told(content: bytes, tmp_path: Path):
    path = tmp_path / "picture.png"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"picture\.png is no whole safetensors file"):
        read_weights(path)


def test_no_file_at_all_is_told(tmp_path: Path):
    for path in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(DataError, match=f"Cannot read {path}: .* Check its path"):
            read_weights(path)


# --- VGG-19's own ---


@pytest.mark.parametrize("zipped", [True, False])
def test_sixteen_convolutions_of_the_published_file_are_kept(official, zipped: bool):
    asset = official(published(), zipped=zipped)
    assert is_available(asset)
    found = _weights.load_weights(asset)
    kept = load_file(frame_assets.cache_folder() / FULL.path)
    assert {name.rpartition(".")[0] for name in kept} == {"conv0", *CONVOLUTIONS}
    assert torch.equal(kept["conv3_2.weight"], published()["features.12.weight"])
    (frame_assets.cache_folder() / VGG19_WEIGHTS.path).unlink()
    again = _weights.load_weights(asset)
    assert found.keys() == again.keys() == kept.keys()
    assert all(torch.equal(found[name], again[name]) for name in kept)


def test_what_was_kept_sees_what_the_published_file_sees(official):
    asset = official(published())
    picture = torch.rand(1, 3, 40, 40)
    direct = build_backbone(published(), "it", padding="zeros").backbone.forward_features(
        picture, ["relu5_1"]
    )
    for half, error in ((False, 1e-6), (True, 1e-2)):
        kept = build_backbone(
            _weights.load_weights(asset, half=half), "it", padding="zeros"
        ).backbone
        seen = kept.forward_features(picture, ["relu5_1"])["relu5_1"]
        assert (seen - direct["relu5_1"]).norm() <= error * direct["relu5_1"].norm()


def test_half_precision_ends_at_conv5_1_and_needs_no_second_file(official):
    asset = official(published())
    _weights.load_weights(asset)
    (frame_assets.cache_folder() / VGG19_WEIGHTS.path).unlink()
    halved = _weights.load_weights(asset, half=True)
    assert "conv5_1.weight" in halved and "conv5_2.weight" not in halved
    assert halved["conv5_1.weight"].dtype == torch.float16
    (frame_assets.cache_folder() / FULL.path).unlink()
    assert is_available(asset, half=True) and not is_available(asset)
    assert _weights.load_weights(asset, half=True).keys() == halved.keys()


def test_the_kept_files_have_the_sizes_that_are_told():
    with torch.device("meta"):
        whole = VGG19(3, 32, 32)
        ended = VGG19(3, 32, 32, last="conv5_1")
    for network, width, kept in ((whole, 4, FULL), (ended, 2, HALF)):
        size = width * sum(values.numel() for values in network.parameters())
        assert size == pytest.approx(kept.size, rel=0.01)


def test_a_file_that_was_fetched_is_deleted_once_it_is_kept(
    official, monkeypatch: pytest.MonkeyPatch
):
    asset = official(published())
    path = frame_assets.cache_folder() / VGG19_WEIGHTS.path
    monkeypatch.setattr(_weights, "locate", lambda asset: None)  # as if it came just now
    _weights.load_weights(asset)
    assert not path.exists() and (frame_assets.cache_folder() / FULL.path).exists()


@pytest.mark.parametrize("keeps", [False, True])
def test_a_file_that_another_process_was_done_with_first_is_missed_by_nobody(
    official, monkeypatch: pytest.MonkeyPatch, keeps: bool
):
    asset = official(published())
    path, real = frame_assets.cache_folder() / VGG19_WEIGHTS.path, _weights._read_checkpoint

    def late(place: Path) -> _weights.StateDict:
        found = real(place)
        _weights._cache_convolutions(found, half=False)
        path.unlink()
        return found if keeps else real(place)

    monkeypatch.setattr(_weights, "_read_checkpoint", late)
    monkeypatch.setattr(
        _weights, "locate", lambda one: frame_assets.locate(one) if one == FULL else None
    )
    assert "conv5_4.weight" in _weights.load_weights(asset)
    assert not path.exists() and (frame_assets.cache_folder() / FULL.path).exists()


def test_a_file_at_hand_is_left_alone(official):
    asset = official(published())
    path = frame_assets.cache_folder() / VGG19_WEIGHTS.path
    before = path.read_bytes()
    first, again = _weights.load_weights(asset), _weights.load_weights(asset)
    assert path.read_bytes() == before
    assert first.keys() == again.keys() and all(torch.equal(first[k], again[k]) for k in first)


def test_of_the_published_file_only_tensors_are_read(official, tmp_path: Path):
    asset = official({"features.0.weight": Evil(tmp_path / "flag")})
    with pytest.raises(DataError, match=r"vgg19-dcbb9e9d\.pth is damaged"):
        _weights.load_weights(asset)
    assert not (tmp_path / "flag").exists()


def test_a_published_file_with_another_checksum_is_not_opened(
    official, monkeypatch: pytest.MonkeyPatch
):
    asset = replace(official(published()), sha256="00000000")
    monkeypatch.setattr(_weights, "VGG19_WEIGHTS", asset)
    monkeypatch.setattr(torch, "load", None)  # would fail if called
    with pytest.raises(DataError, match="is damaged: expected sha256 00000000"):
        _weights.load_weights(asset)


@pytest.mark.parametrize("content", [[1, 2], {"features.0.weight": 1}, {1: torch.ones(1)}, 5])
def test_a_published_file_that_holds_no_weights_is_told(official, content: object):
    with pytest.raises(DataError):
        _weights.load_weights(official(content))
    assert not (frame_assets.cache_folder() / FULL.path).exists()


def test_a_published_file_that_lacks_a_layer_is_told(official):
    tensors = {name: value for name, value in published().items() if "features.14" not in name}
    with pytest.raises(DataError, match=r"lacks conv3_3\.weight"):
        _weights.load_weights(official(tensors))


def test_a_cache_that_cannot_be_written_is_told(official, monkeypatch: pytest.MonkeyPatch):
    asset = official(published())
    monkeypatch.setenv("TRIPTYCH_DATA", str(frame_assets.cache_folder()))
    monkeypatch.setenv("TRIPTYCH_CACHE", str(frame_assets.cache_folder() / VGG19_WEIGHTS.path))
    with pytest.raises(WriteError, match="Cannot make the folder"):
        _weights.load_weights(asset)


def test_what_is_not_at_hand_is_told():
    assert (
        not is_available(VGG19_WEIGHTS)
        and not is_available(VGG19_WEIGHTS, half=True)
        and not is_available(VGG19_SMALL)
    )
    for asset in (VGG19_WEIGHTS, VGG19_SMALL):
        with pytest.raises(AssetNotFoundError, match=asset.path):
            _weights.load_weights(asset)
