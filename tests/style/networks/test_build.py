"""Networks are opened by name, from a file, or the best at hand; nothing is fetched unasked."""

import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from triptych.backbones.squeezenet import SqueezeNet
from triptych.backbones.vgg19 import VGG19
from triptych.frame.errors import AssetNotFoundError, ConfigError, DataError, UnknownNameError
from triptych.frame.storage import assets as frame_assets
from triptych.style.assets import VGG19_CONV3, VGG19_SMALL, VGG19_WEIGHTS
from triptych.style.networks import _build, _weights
from triptych.style.networks._build import best_available, load_extractor
from triptych.style.networks._extractor import FeatureExtractor


def lay(path: str, network: torch.nn.Module) -> Path:
    """Weights where the cache keeps a file."""
    place = frame_assets.cache_folder() / path
    place.parent.mkdir(parents=True, exist_ok=True)
    save_file(network.state_dict(), place)
    return place


def vgg19(last: str = "conv5_4") -> VGG19:
    torch.manual_seed(0)
    return VGG19(3, 32, 32, widths=(4, 5, 6, 7, 8), last=last, color_transform=True)


# --- by name ---


def test_the_best_at_hand_is_deep_before_it_is_wide():
    for path, name in (
        (VGG19_CONV3.path, ("vgg19-conv3", False)),
        (VGG19_SMALL.path, ("vgg19-small", False)),
        (_weights.HALF.path, ("vgg19", True)),
        (_weights.FULL.path, ("vgg19", False)),
    ):
        lay(path, vgg19())
        assert best_available() == name
    assert best_available(half=True) == ("vgg19", True)


def test_other_networks_than_vgg19_have_no_half_precision(tmp_path: Path):
    place = lay(VGG19_SMALL.path, vgg19())
    for name in ("vgg19-small", str(place)):
        with pytest.raises(ConfigError, match="Only vgg19 has weights of half precision"):
            load_extractor(name, half=True)
    with pytest.raises(ConfigError, match=r"the best at hand is vgg19-small\. Leave --half"):
        best_available(half=True)


def test_auto_opens_what_is_at_hand(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("TRIPTYCH_OFFLINE")  # nothing would be fetched all the same
    lay(_weights.FULL.path, vgg19())
    network = load_extractor(device="cpu", precision="fp32", pooling="average")
    assert isinstance(network, FeatureExtractor) and network.name == "vgg19"
    assert network.content_layer == "relu4_2"
    found = network.extract(torch.rand(1, 3, 32, 32), ["relu4_2"])
    assert found["relu4_2"].shape == (1, 7, 4, 4)


def test_the_half_file_is_opened_where_it_is_all_there_is():
    lay(_weights.HALF.path, vgg19("conv5_1"))
    assert load_extractor().layers[-1] == "relu5_1"


def test_without_any_weights_one_line_names_the_way_that_needs_none():
    with pytest.raises(AssetNotFoundError, match="--features patches` needs none") as told:
        load_extractor()
    assert "\n" not in str(told.value)


def test_a_name_that_is_asked_for_and_not_at_hand_is_told():
    with pytest.raises(AssetNotFoundError, match=VGG19_WEIGHTS.path):
        load_extractor("vgg19")


def test_a_name_that_is_none_is_told_with_the_nearest():
    with pytest.raises(
        UnknownNameError, match=r"Did you mean 'vgg19'\? .* Or name a safetensors file"
    ):
        load_extractor("vgg16")
    for name in ("", "x" * 5000, "a\0b", "/no/such/file.safetensors"):
        with pytest.raises(UnknownNameError, match="no file" if "/" in name else "no network"):
            load_extractor(name)


# --- from a file ---


def test_a_file_is_called_by_its_name_and_read_where_others_are(tmp_path: Path):
    for last, content, count in (
        ("conv5_4", "relu4_2", 5),
        ("conv4_1", "relu4_1", 4),
        ("conv2_2", "relu2_1", 2),
        ("conv1_1", "relu1_1", 1),
    ):
        path = tmp_path / f"{last}.safetensors"
        save_file(vgg19(last).state_dict(), path)
        network = load_extractor(str(path))
        assert (network.name, network.content_layer) == (path.name, content)
        assert list(network.style_layers.values()) == [1 / count] * count
    save_file(SqueezeNet(3, 32, 32).state_dict(), path)
    network = load_extractor(str(path))
    assert network.content_layer == "fire5" and "fire9" in network.style_layers


def test_a_file_of_something_else_is_told_in_one_line(tmp_path: Path):
    path = tmp_path / "weights.safetensors"
    save_file({"bert.weight": torch.ones(3)}, path)
    with pytest.raises(DataError, match=f"in {path}, got") as told:
        load_extractor(str(path))
    assert "\n" not in str(told.value)
    torch.save({"conv1_1.weight": torch.ones(3)}, path)
    with pytest.raises(DataError, match="got a pickle"):
        load_extractor(str(path))


# --- how it computes ---


def test_precision_is_what_was_asked_for(monkeypatch: pytest.MonkeyPatch):
    lay(_weights.FULL.path, vgg19())

    def kind(**options: str) -> torch.dtype:
        network = load_extractor(device="cpu", **options)
        assert network.get_parameter("backbone.conv0.weight").dtype == torch.float32
        return network.get_parameter("backbone.conv3_1.weight").dtype

    assert kind(precision="fp32") == torch.float32 and kind(precision="bf16") == torch.bfloat16
    for built, expected in ((True, torch.bfloat16), (False, torch.float32)):
        monkeypatch.setattr(
            _build, "uses_bf16", lambda precision, place, built=built: (precision, built)[1]
        )
        assert kind() == expected


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        ({"pooling": "averge"}, "pooling 'averge'. Did you mean 'average'"),
        ({"precision": "bf61"}, "precision 'bf61'. Did you mean 'bf16'"),
    ],
)
def test_a_choice_there_is_none_of_is_told_with_the_nearest(choice: dict[str, Any], told: str):
    unchecked = inspect.unwrap(load_extractor)  # as where types are not checked
    with pytest.raises(UnknownNameError, match=told):
        unchecked("vgg19-conv3", **choice)


def test_squeezenet_gains_too_little_to_be_less_exact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(_build, "uses_bf16", lambda precision, place: precision != "fp32")
    save_file(SqueezeNet(3, 32, 32).state_dict(), tmp_path / "it")
    for precision, kind in (("auto", torch.float32), ("bf16", torch.bfloat16)):
        network = load_extractor(str(tmp_path / "it"), device="cpu", precision=precision)
        assert network.get_parameter("backbone.conv1.weight").dtype == kind


def test_a_device_that_is_not_there_is_told():
    with pytest.raises(ConfigError, match="Expected a device this machine has, got 'cuda:99'"):
        load_extractor(device="cuda:99")


def test_opening_waits_for_no_compiler():
    lay(VGG19_CONV3.path, vgg19("conv3_1"))
    path = frame_assets.cache_folder() / VGG19_CONV3.path
    code = (
        "import sys; from triptych.style.networks._build import load_extractor;"
        f"load_extractor({str(path)!r}, device='cpu');"
        "print({'lightning', 'torch._dynamo'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
