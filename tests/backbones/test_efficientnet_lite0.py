"""EfficientNet-Lite0: TensorFlow's padding, its pyramid, and the published weights."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor

from triptych.backbones._fusion import fuse_norms_
from triptych.backbones.efficientnet_lite0 import EfficientNetLite0, SameConv2d
from triptych.frame.errors import ConfigError
from triptych.frame.packaged_weights import EFFICIENTNET_LITE0
from triptych.frame.storage import images

PUBLISHED = "backbones/efficientnet_lite0.safetensors"
SCHOONER = 780  # of the 1000 classes of ImageNet


@pytest.mark.parametrize("kernel", [3, 5])
@pytest.mark.parametrize("side", [8, 9])
def test_strides_pad_as_tensorflow_does(kernel: int, side: int):
    conv, maps = SameConv2d(2, 2, kernel, 2, groups=2), torch.rand(1, 2, side, side)
    # SAME: the last window reaches the end of the padding, of which more is behind
    cells = (side + 1) // 2
    whole = 2 * (cells - 1) + kernel - side
    padded = torch.zeros(1, 2, side + whole, side + whole)
    before = whole // 2
    padded[..., before : before + side, before : before + side] = maps
    expected = F.conv2d(padded, conv.weight, stride=2, groups=2)
    assert conv(maps).shape[-1] == cells
    assert torch.allclose(conv(maps), expected, atol=1e-6)


def test_the_pyramid_and_the_weights_are_as_published():
    network = EfficientNetLite0(3, 224, 224)
    levels = [(level.channels, level.reduction) for level in network.feature_info]
    assert levels == [(16, 2), (24, 4), (40, 8), (112, 16), (320, 32)]
    trunk = [p for group in network.layer_groups() for p in group.parameters()]
    assert sum(p.numel() for p in trunk) == 4_652_008 - 1280 * 320 - 2560 - 1_281_000


def test_a_grey_image_is_three_equal_channels():
    network = EfficientNetLite0(1, 64, 64).eval()
    grey = torch.rand(2, 1, 64, 64)
    for one, three in zip(network(grey), network(grey.expand(-1, 3, -1, -1))):
        assert torch.equal(one, three)


def test_other_channels_are_refused():
    with pytest.raises(ConfigError, match="1 or 3 channels, got 4"):
        EfficientNetLite0(4, 64, 64)


def test_groups_of_layers_hold_the_trunk_once_and_no_decoder():
    network = EfficientNetLite0(3, 64, 64, decoder=True)
    groups = network.layer_groups()
    assert len(groups) == 6 and groups[0] is network.stem
    held = [id(p) for group in groups for p in group.parameters()]
    trunk = [id(p) for name, p in network.named_parameters() if name.startswith("st")]
    assert sorted(held) == sorted(trunk) and len(trunk) < len([*network.parameters()])


def test_a_decoder_leaves_the_coarsest_map_and_widens_the_others():
    torch.manual_seed(0)
    network = EfficientNetLite0(3, 64, 96, decoder=True, decoder_channels=48).eval()
    levels = [(level.channels, level.reduction) for level in network.feature_info]
    assert levels == [(24, 2), (48, 4), (48, 8), (48, 16), (320, 32)]
    images = torch.rand(1, 3, 64, 96)
    maps = network(images)
    network.decoder = None
    assert torch.equal(maps[-1], network(images)[-1])


def test_maps_finer_than_asked_for_are_not_decoded():
    network = EfficientNetLite0(3, 64, 64, decoder=True, finest=4)
    assert [level.reduction for level in network.feature_info] == [4, 8, 16, 32]
    assert [maps.shape[-1] for maps in network(torch.rand(2, 3, 64, 64))] == [16, 8, 4, 2]


@torch.no_grad()
def test_folded_norms_change_nothing():
    torch.manual_seed(0)
    network = EfficientNetLite0(3, 64, 64, decoder=True)
    network(torch.rand(4, 3, 64, 64))
    network.eval()
    pictures = torch.rand(2, 3, 64, 64)
    expected = network(pictures)
    fuse_norms_(network)
    assert isinstance(network.stem.norm, torch.nn.Identity)
    for found, maps in zip(network(pictures), expected):
        assert torch.allclose(found, maps, rtol=1e-3, atol=1e-3)


def published_logits(network: EfficientNetLite0, file: dict[str, Tensor], image: Tensor) -> Tensor:
    """The network with the classifier of the file behind it."""
    top = F.conv2d(network.trunk(image)[-1], file["_conv_head.weight"])
    norm = [file[f"_bn1.{part}"] for part in ("running_mean", "running_var", "weight", "bias")]
    top = F.relu6(F.batch_norm(top, *norm, eps=1e-3))
    return top.mean((2, 3)) @ file["_fc.weight"].T + file["_fc.bias"]


@pytest.mark.real
@torch.no_grad()
def test_the_published_weights_see_a_schooner(data: Callable[[str], Path]):
    file = load_file(data(PUBLISHED))
    network = EfficientNetLite0(3, 224, 224)
    network.load_trunk_(file)
    photograph = images.as_image(data("style/content/sailboat.jpg"))
    small = images.resize(photograph, 224, 224)
    image = torch.from_numpy(small).permute(2, 0, 1)[None] / 255
    probabilities = published_logits(network.eval(), file, image).softmax(1)[0]
    assert probabilities.argmax() == SCHOONER and probabilities[SCHOONER] > 0.4


@pytest.mark.real
def test_the_package_has_the_published_weights(data: Callable[[str], Path]):
    if not EfficientNetLite0.has_pretrained():
        pytest.skip("triptych[pretrained] is not installed")
    file, packaged = load_file(data(PUBLISHED)), EFFICIENTNET_LITE0.read()
    counters = {name for name in packaged if name.endswith("num_batches_tracked")}
    assert file.keys() == packaged.keys() - counters
    for name, values in file.items():
        assert torch.equal(values, packaged[name]), name
    loaded, expected = EfficientNetLite0(3, 64, 64), EfficientNetLite0(3, 64, 64)
    loaded.load_pretrained_()
    expected.load_trunk_(file)
    for name, values in loaded.state_dict().items():
        if not name.endswith("num_batches_tracked"):
            assert torch.equal(values, expected.state_dict()[name]), name
