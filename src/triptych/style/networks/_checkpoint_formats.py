"""Which network a file of weights is of: from the names and the shapes in it."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ...backbones.squeezenet import FIRES, SqueezeNet
from ...backbones.vgg19 import CONVOLUTIONS, VGG19, WIDTHS, Padding, Pooling, block_of
from ...frame.errors import DataError

StateDict = dict[str, Tensor]

MAX_WEIGHT = 1e6  # of weights; those published stay below 1e3
ADAPTER_SUFFIX = (
    "_to_vgg19"  # ends the names of 1×1 convolutions that widen a layer to that of VGG-19
)
IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))  # torchvision: mean and spread of RGB
CAFFE = (103.939, 116.779, 123.68)  # mean of BGR, 0 … 255
# torchvision numbers convolutions, rectifiers and pools in one row
NUMBERED = {
    f"features.{2 * place + block_of(name) - 1}": name for place, name in enumerate(CONVOLUTIONS)
}
NUMBERED_FIRES = dict(zip((3, 4, 6, 7, 9, 10, 11, 12), FIRES))


@dataclass(frozen=True)
class LoadedBackbone:
    """A backbone with the weights of a file, frozen.

    Parameters:
        backbone: the network.
        adapters: 1×1 convolutions that it can be read through, by the layer each stands on.
    """

    backbone: VGG19 | SqueezeNet
    adapters: Mapping[str, nn.Conv2d]  # 1×1, by the layer each stands on


def build_backbone(
    tensors: StateDict, file: str, *, pooling: Pooling = "max", padding: Padding | None = None
) -> LoadedBackbone:
    """The network that weights belong to: VGG-19 of any width and depth, or SqueezeNet 1.1.

    A conv0 says how colors go in. Without one they are normalized as in torchvision where names are
    torchvision's, else they become BGR of 0 … 255 without its mean, as in Caffe.

    Parameters:
        tensors: weights, named as here or as in torchvision.
        file: what errors call them.
        pooling: "average" or "max".
        padding: of VGG-19; None is "reflect" where there is a conv0, as the normalized networks
            were trained.

    Raises DataError for weights of something else, lacking layers, of other shapes or not finite.
    """
    padding = padding or ("reflect" if "conv0.weight" in tensors else "zeros")
    given, tensors = sorted(tensors), to_canonical(tensors)
    with torch.device("meta"):  # weights to begin with would be drawn in vain
        if "conv1_1.weight" in tensors:
            backbone = _vgg19(tensors, file, pooling, padding)
        elif "fire2.squeeze1x1.weight" in tensors:
            backbone = SqueezeNet(3, 1, 1, pooling=pooling, padded=False, color_transform=True)
        else:
            raise DataError(
                f"Expected weights of VGG-19 or SqueezeNet 1.1 in {file}, got "
                f"{', '.join(given[:3]) or 'nothing'}. Name another file."
            )
        heads = _adapters(tensors, backbone)
    _load_frozen(backbone, tensors, file)
    for layer, head in heads.items():
        _load_frozen(head, tensors, file, layer.replace("relu", "conv") + ADAPTER_SUFFIX + ".")
    return LoadedBackbone(backbone, heads)


def to_canonical(tensors: StateDict) -> StateDict:
    """Weights under our names, and with a conv0."""
    if "conv0.weight" not in tensors:
        numbered = "features.0.weight" in tensors
        tensors = (_torchvision_colors() if numbered else _caffe_colors()) | tensors
    fires = "features.3.squeeze.weight" in tensors
    return {_canonical_name(name, fires): value for name, value in tensors.items()}


def _canonical_name(name: str, fires: bool) -> str:
    """Our name of a tensor that torchvision has another name for."""
    layer, _, part = name.rpartition(".")
    if not fires:
        return f"{NUMBERED.get(layer, layer)}.{part}"
    if layer == "features.0":
        return f"conv1.{part}"
    for number, fire in NUMBERED_FIRES.items():
        if layer.startswith(f"features.{number}."):
            inner = layer.rpartition(".")[2]
            return f"{fire}.{'squeeze1x1' if inner == 'squeeze' else inner}.{part}"
    return name


def _torchvision_colors() -> StateDict:
    means, spreads = (torch.tensor(values) for values in IMAGENET)
    return {
        "conv0.weight": torch.diag(1 / spreads)[..., None, None],
        "conv0.bias": -means / spreads,
    }


def _caffe_colors() -> StateDict:
    flipped = 255 * torch.eye(3).flip(0)[..., None, None]
    return {"conv0.weight": flipped, "conv0.bias": -torch.tensor(CAFFE)}


def _vgg19(tensors: StateDict, file: str, pooling: Pooling, padding: Padding) -> VGG19:
    last = [name for name in CONVOLUTIONS if f"{name}.weight" in tensors][-1]
    firsts = [tensors.get(f"conv{block}_1.weight") for block in range(1, block_of(last) + 1)]
    # what is lacking or of no shape at all is told when the weights are filled in
    widths = [1 if first is None or not first.ndim else max(1, len(first)) for first in firsts]
    return VGG19(
        *(3, 1, 1), widths=widths, last=last, pooling=pooling, padding=padding, color_transform=True
    )


def _adapters(tensors: StateDict, backbone: VGG19 | SqueezeNet) -> dict[str, nn.Conv2d]:
    """The 1×1 convolutions that widen a layer to that of VGG-19; only VGG-19 made small has any."""
    heads = {}
    for block, (level, width) in enumerate(zip(backbone.feature_info, WIDTHS), 1):
        if f"conv{block}_1{ADAPTER_SUFFIX}.weight" in tensors:
            heads[f"relu{block}_1"] = nn.Conv2d(level.channels, width, 1)
    return heads


def _load_frozen(module: nn.Module, tensors: StateDict, file: str, prefix: str = "") -> None:
    """Give a module its weights, and freeze them."""
    state = {}
    for name, expected in module.state_dict().items():
        value = tensors.get(prefix + name)
        if value is None:
            raise DataError(f"{file} lacks {prefix}{name}. Use a whole file.")
        if value.shape != expected.shape:
            raise DataError(
                f"Expected {prefix}{name} of {_format_shape(expected)} in {file}, got "
                f"{_format_shape(value)}. Use the file as published."
            )
        state[name] = _check_values(value, f"{prefix}{name}", file)
    module.load_state_dict(state, assign=True)
    module.requires_grad_(False).eval()


def _check_values(value: Tensor, name: str, file: str) -> Tensor:
    """A tensor in single precision. Raises DataError where its values cannot be weights."""
    if not value.is_floating_point():
        kind = str(value.dtype).removeprefix("torch.")
        message = f"Expected fractions in {name} of {file}, got {kind}."
    elif not (value := value.float()).isfinite().all():
        message = f"{file} holds no numbers in {name}."
    elif value.numel() and value.abs().max() > MAX_WEIGHT:
        message = f"{file} holds {value.abs().max():.3g} in {name}: too large to compute with."
    elif name.endswith("weight") and not value.any():
        message = f"{file} holds zeros alone in {name}: nothing can be seen through it."
    else:
        return value
    raise DataError(f"{message} Use the file as published.")


def _format_shape(tensor: Tensor) -> str:
    return "×".join(map(str, tensor.shape)) or "one number"
