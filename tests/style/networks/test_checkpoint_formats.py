"""Networks are told apart by the names and shapes of their weights; what does not fit is told."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from triptych.backbones.squeezenet import SqueezeNet
from triptych.backbones.vgg19 import CONVOLUTIONS, VGG19
from triptych.frame.errors import DataError
from triptych.style.networks._checkpoint_formats import build_backbone

Tensors = dict[str, Tensor]
WIDTHS = (4, 5, 6, 7, 8)
# torchvision's rows of layers, counted by hand
PLACES = (0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34)
FIRES = {"fire2": 3, "fire3": 4, "fire4": 6, "fire5": 7, "fire6": 9, "fire7": 10, "fire8": 11}
FIRES["fire9"] = 12


def vgg19(last: str = "conv5_4", color_transform: bool = True) -> Tensors:
    torch.manual_seed(0)
    return VGG19(3, 32, 32, widths=WIDTHS, last=last, color_transform=color_transform).state_dict()


def squeezenet(color_transform: bool = False) -> Tensors:
    torch.manual_seed(0)
    return SqueezeNet(3, 32, 32, color_transform=color_transform).state_dict()


def in_torchvision(tensors: Tensors) -> Tensors:
    numbers = dict(zip(CONVOLUTIONS, PLACES)) | FIRES | {"conv1": 0}
    renamed = {}
    for name, value in tensors.items():
        layer, rest = name.split(".", 1)
        rest = rest.replace("squeeze1x1", "squeeze")
        renamed[f"features.{numbers[layer]}.{rest}"] = value
    return renamed | {"classifier.0.weight": torch.zeros(2, 2)}


def reading(tensors: Tensors, picture: Tensor, layer: str, **options: str) -> Tensor:
    return build_backbone(tensors, "a file", **options).backbone.forward_features(picture, [layer])[
        layer
    ]


@pytest.mark.parametrize("last", ["conv1_1", "conv2_1", "conv3_1", "conv4_4", "conv5_1"])
def test_depth_and_width_are_those_of_the_file(last: str):
    backbone = build_backbone(vgg19(last), "a file").backbone
    assert backbone.layers[-1] == last.replace("conv", "relu")
    assert [level.channels for level in backbone.feature_info] == list(
        WIDTHS[: len(backbone.feature_info)]
    )
    assert not any(values.requires_grad for values in backbone.parameters())


@pytest.mark.parametrize(
    ("make", "layer"), [(vgg19, "relu5_4"), (squeezenet, "fire9")], ids=["vgg19", "squeezenet"]
)
def test_names_of_torchvision_mean_the_same_layers(make: Callable[..., Tensors], layer: str):
    ours, picture = make(color_transform=False), torch.rand(1, 3, 40, 40)
    mean, spread = torch.tensor([[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]])[..., None, None]
    theirs = reading(in_torchvision(ours), picture, layer)
    # in ours without conv0, colours go in as in Caffe: undo that by hand
    caffe = torch.tensor([103.939, 116.779, 123.68])[:, None, None]
    undone = (((picture - mean) / spread) + caffe).flip(1) / 255
    assert torch.allclose(reading(ours, undone, layer), theirs, atol=1e-3)
    assert theirs.std() > 0


def test_colours_go_in_as_caffe_takes_them_where_nothing_is_said():
    backbone = build_backbone(vgg19(color_transform=False), "a file").backbone
    assert backbone.conv0 is not None
    red = torch.tensor([1.0, 0.0, 0.0])[None, :, None, None]
    expected = torch.tensor([-103.939, -116.779, 255 - 123.68])
    assert torch.allclose(backbone.conv0(red).flatten(), expected, atol=1e-4)


def test_a_file_that_says_how_colours_go_in_is_mirrored_at_its_borders():
    assert build_backbone(vgg19(), "a file").backbone.padding == "reflect"
    assert build_backbone(vgg19(), "a file", padding="zeros").backbone.padding == "zeros"
    assert build_backbone(vgg19(color_transform=False), "a file").backbone.padding == "zeros"


def test_numbers_of_half_precision_are_read():
    halved = {name: value.half() for name, value in vgg19("conv1_2").items()}
    assert reading(halved, torch.rand(1, 3, 8, 8), "relu1_2").dtype == torch.float32


def test_heads_widen_layers_to_those_of_vgg19():
    head = {"weight": torch.rand(128, 5, 1, 1), "bias": torch.rand(128)}
    extra = {f"conv2_1_to_vgg19.{part}": value for part, value in head.items()}
    heads = build_backbone(vgg19() | extra, "a file").adapters
    assert list(heads) == ["relu2_1"] and heads["relu2_1"].out_channels == 128
    extra["conv2_1_to_vgg19.weight"] = torch.rand(128, 4, 1, 1)
    with pytest.raises(DataError, match=r"conv2_1_to_vgg19.weight of 128×5×1×1 .* got 128×4×1×1"):
        build_backbone(vgg19() | extra, "a file")


WHOLE = {"vgg19": vgg19("conv4_1"), "squeezenet": squeezenet(True)}
# without these it is a shallower network, of another kind, or has its colours taken as usual
SPARED = {"conv0.weight", "conv4_1.weight", "conv1_1.weight", "fire2.squeeze1x1.weight"}
NAMES = sorted((kind, name) for kind, tensors in WHOLE.items() for name in tensors)


@given(st.sampled_from([(kind, name) for kind, name in NAMES if name not in SPARED]))
def test_a_layer_that_is_missing_is_told_by_its_name(which: tuple[str, str]):
    kind, name = which
    rest = {other: value for other, value in WHOLE[kind].items() if other != name}
    with pytest.raises(DataError, match=f"^weights.safetensors lacks {name}\\.") as told:
        build_backbone(rest, "weights.safetensors")
    assert "\n" not in str(told.value)


@given(st.sampled_from(NAMES), st.sampled_from([(), (0,), (3, 1), (2, 2, 2, 2)]))
def test_another_shape_is_told(which: tuple[str, str], shape: tuple[int, ...]):
    kind, name = which
    with pytest.raises(
        DataError, match=r"Expected \w+\.(\w+\.)?\w+ of [\d×]+ in w.st, got "
    ) as told:
        build_backbone(WHOLE[kind] | {name: torch.ones(shape)}, "w.st")
    assert "\n" not in str(told.value)


@given(st.sampled_from(NAMES), st.sampled_from([float("nan"), float("inf")]))
def test_weights_that_are_no_numbers_are_told(which: tuple[str, str], wrong: float):
    kind, name = which
    with pytest.raises(DataError, match=f"w.st holds no numbers in {name}"):
        build_backbone(WHOLE[kind] | {name: torch.full_like(WHOLE[kind][name], wrong)}, "w.st")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (torch.full((4, 3, 3, 3), 1e30), "1e\\+30 in conv1_1.weight: too large"),
        (torch.ones(4, 3, 3, 3, dtype=torch.int8), "fractions in conv1_1.weight of w.st, got int8"),
        (torch.ones(4, 3, 3, 3, dtype=torch.complex64), "got complex64"),
        (torch.zeros(4, 3, 3, 3), "zeros alone in conv1_1.weight"),
    ],
    ids=["huge", "int8", "complex", "zeros"],
)
def test_weights_that_cannot_be_computed_with_are_told(wrong: torch.Tensor, told: str):
    tensors = VGG19(3, 32, 32, widths=(4,), last="conv1_1", color_transform=True).state_dict()
    with pytest.raises(DataError, match=told):
        build_backbone({**tensors, "conv1_1.weight": wrong}, "w.st")


def test_what_a_file_of_something_else_holds_is_told_as_it_is_named_there():
    with pytest.raises(DataError, match=r"got foo, head\.weight\. Name"):
        build_backbone({"head.weight": torch.zeros(2), "foo": torch.zeros(2)}, "a file")


@pytest.mark.parametrize("tensors", [{}, {"classifier.weight": torch.zeros(2)}], ids=str)
def test_weights_of_something_else_are_told(tensors: Tensors):
    with pytest.raises(DataError, match=r"Expected weights of VGG-19 or SqueezeNet 1\.1 in a file"):
        build_backbone(tensors, "a file")
