"""The pretrained networks see photographs as their owners say, and as a plain loop does."""

import numpy as np
import pytest
import skimage.data
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor

from triptych.style.assets import SQUEEZENET, VGG19_CONV3, VGG19_SMALL
from triptych.style.networks._build import load_extractor
from triptych.style.networks._extractor import FeatureExtractor

pytestmark = pytest.mark.real

PHOTOGRAPHS = ("astronaut", "chelsea", "coffee", "rocket")
FILES = {asset.name: asset.path for asset in (VGG19_CONV3, VGG19_SMALL, SQUEEZENET)}


@pytest.fixture(params=PHOTOGRAPHS)
def photograph(request: pytest.FixtureRequest) -> Tensor:
    pixels = np.ascontiguousarray(getattr(skimage.data, request.param)())
    return (torch.from_numpy(pixels).permute(2, 0, 1)[None] / 255).contiguous()


def opened(name: str, data, **options: str) -> FeatureExtractor:
    data(FILES[name])  # skips where it is not at hand
    return load_extractor(name, **{"device": "cpu", "precision": "fp32", **options})


def plain_vgg19(tensors: dict[str, Tensor], x: Tensor) -> dict[str, Tensor]:
    found = {}
    x = F.conv2d(x, tensors["conv0.weight"], tensors["conv0.bias"])
    for name in sorted(tensors):
        if not name.endswith(".weight") or "_to_" in name or name == "conv0.weight":
            continue
        layer = name.removesuffix(".weight")
        if layer.endswith("_1") and layer != "conv1_1":
            x = F.max_pool2d(x, 2, 2, ceil_mode=True)
        x = F.pad(x, (1, 1, 1, 1), mode="reflect")
        x = F.conv2d(x, tensors[name], tensors[f"{layer}.bias"]).clamp(min=0)
        found[layer.replace("conv", "relu")] = x
        if f"{layer}_to_vgg19.weight" in tensors:
            head = (tensors[f"{layer}_to_vgg19.{part}"] for part in ("weight", "bias"))
            found[layer.replace("conv", "relu") + "_to_vgg19"] = F.conv2d(x, *head).clamp(min=0)
    return found


@torch.no_grad()
@pytest.mark.parametrize("name", ["vgg19-conv3", "vgg19-small"])
def test_it_sees_what_a_plain_loop_over_its_file_sees(name: str, data, photograph: Tensor):
    photograph = photograph[..., :151, :210].contiguous()
    expected = plain_vgg19(load_file(data(FILES[name])), photograph)
    found = opened(name, data).extract(photograph, list(expected))
    for layer, maps in expected.items():
        assert torch.allclose(found[layer], maps, atol=1e-4 * float(maps.max())), layer


@torch.no_grad()
def test_the_normalised_network_is_near_one_in_the_mean(data, photograph: Tensor):
    rectified = ["relu1_1", "relu1_2", "relu2_1", "relu2_2", "relu3_1"]
    for layer, maps in opened("vgg19-conv3", data).extract(photograph, rectified).items():
        assert 0.54 < float(maps.mean()) < 1.24, layer


@pytest.mark.slow
@torch.no_grad()
def test_the_small_network_tells_what_the_full_one_sees(data, photograph: Tensor):
    small, full = opened("vgg19-small", data), opened("vgg19-conv3", data)
    ranges = {"relu1_1": (0.976, 0.991), "relu2_1": (0.878, 0.931), "relu3_1": (0.758, 0.839)}
    seen = full.extract(photograph, list(ranges))
    told = small.extract(photograph, [f"{layer}_to_vgg19" for layer in ranges])
    for layer, (low, high) in ranges.items():
        both = torch.stack([seen[layer].flatten(), told[f"{layer}_to_vgg19"].flatten()])
        assert low < float(torch.corrcoef(both)[0, 1]) < high, layer


@pytest.mark.parametrize(("name", "least"), [("vgg19-conv3", 0.99), ("vgg19-small", 0.94)])
def test_slopes_in_bfloat16_point_the_same_way(name: str, least: float, data, photograph: Tensor):
    slopes = []
    for precision in ("fp32", "bf16"):
        network = opened(name, data, precision=precision)
        x = photograph[..., :96, :128].contiguous().requires_grad_()
        found = network.extract(x, list(network.style_layers))
        cost = sum(maps.square().mean() / maps.detach().square().mean() for maps in found.values())
        slopes.append(torch.autograd.grad(cost, x)[0].flatten())
    assert torch.cosine_similarity(*slopes, 0) > least


@torch.no_grad()
def test_the_first_look_of_squeezenet_is_at_blue_first(data):
    # Caffe's order: told by hand for one pixel in the middle of a flat picture
    tensors = load_file(data(FILES["squeezenet"]))
    colour = torch.tensor([0.9, 0.5, 0.1])
    inside = 255 * colour.flip(0) - torch.tensor([103.939, 116.779, 123.68])
    expected = torch.einsum("oihw,i->o", tensors["conv1.weight"], inside) + tensors["conv1.bias"]
    flat = colour[None, :, None, None].expand(1, 3, 9, 9).contiguous()
    found = opened("squeezenet", data).extract(flat, ["relu1"])["relu1"]
    assert torch.allclose(found[0, :, 2, 2], expected.clamp(min=0), atol=1e-3)
