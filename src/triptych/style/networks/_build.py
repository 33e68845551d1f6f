"""Build a network by its name, or from a file of the user's own."""

from pathlib import Path
from typing import Literal, get_args

from ...backbones.vgg19 import VGG19, Padding, Pooling
from ...frame.errors import AssetNotFoundError, ConfigError, UnknownNameError
from ...frame.progress import ProgressCallback, no_progress
from ...frame.registry import unknown_name_error
from ...frame.training.devices import resolve_device as named_device
from ...frame.training.devices import uses_bf16
from ..assets import VGG19_WEIGHTS
from ..config import AUTO as AUTO
from . import NETWORKS
from ._extractor import FeatureExtractor
from ._pretrained import GATYS_STYLE_LAYERS, PretrainedExtractor
from ._weights import is_available, load_weights, read_weights

Precision = Literal["auto", "bf16", "fp32"]

BEST_FIRST = ("vgg19", "vgg19-small", "vgg19-conv3")  # depth before width: strokes have a size
CONTENT_LAYERS = (
    "relu4_2",
    "fire5",
    "relu4_1",
    "relu3_1",
    "relu2_1",
    "relu1_1",
)  # the first there is
STYLE_LAYERS = (*GATYS_STYLE_LAYERS, "relu1", "fire3", "fire5", "fire9")


class FileExtractor(PretrainedExtractor):
    """The network in a safetensors file, named like the file, read at the layers others are read
    at.

    Parameters:
        path: of the file.
        pooling: "average" or "max".
        padding: "zeros" or "reflect"; None: as its file suggests.
    """

    def __init__(self, path: Path, *, pooling: Pooling = "max", padding: Padding | None = None):
        super().__init__(read_weights(path), str(path), pooling=pooling, padding=padding)
        self.name = path.name
        self.content_layer = next(name for name in CONTENT_LAYERS if name in self.layers)
        present = [name for name in STYLE_LAYERS if name in self.layers]
        self.style_layers = dict.fromkeys(present, 1 / len(present))


def load_extractor(
    name: str = AUTO,
    *,
    pooling: Pooling = "max",
    padding: Padding | None = None,
    device: str = "auto",
    precision: Precision = "auto",
    half: bool = False,
    progress: ProgressCallback = no_progress,
) -> FeatureExtractor:
    """The network of this name, or in this safetensors file; weights that are missing are
    downloaded.

    Parameters:
        name: of a network, a file, or "auto": the best that needs no download.
        pooling: "average" or "max".
        padding: of VGG-19, "zeros" or "reflect"; None: the network's own.
        device: "auto", "cpu", "cuda", "cuda:1" …
        precision: "auto" computes VGG-19 in bfloat16 where the device is built for it: as good an
            image in two thirds of the time. SqueezeNet gains too little by it.
        half: keep VGG-19's own weights at half precision, and only to conv5_1: 26 MB instead of 80.
        progress: told how far a download is.

    Raises UnknownNameError for a network, a pooling or a precision there is none of,
    AssetNotFoundError, DataError for weights that do not fit, ConfigError for the device, and for
    `half` of another network than vgg19, WriteError where the cache cannot hold what was
    downloaded.
    """
    for kind, word, known in (("pooling", pooling, Pooling), ("precision", precision, Precision)):
        if word not in get_args(known):
            raise unknown_name_error(str(word), get_args(known), kind)
    place = named_device(device)
    if name == AUTO:
        name, half = best_available(half)
    network = _load_frozen_network(name, pooling, padding, half, progress)
    quick = precision == "bf16" or (precision == "auto" and isinstance(network.backbone, VGG19))
    if quick and uses_bf16(precision, place.type):
        network.to_bfloat16()
    return network.to_device(place)


def best_available(half: bool = False) -> tuple[str, bool]:
    """The best network that needs no download, and whether it is the file of half precision.

    Raises AssetNotFoundError where there is none, ConfigError for `half` where it is not vgg19.
    """
    for name in BEST_FIRST:
        asset = NETWORKS[name].asset
        for smaller in (half, True):
            if not is_available(asset, half=smaller):
                continue
            if half and asset != VGG19_WEIGHTS:
                raise ConfigError(
                    f"Only vgg19 has weights of half precision; the best at hand is {name}. "
                    "Leave --half out, or name vgg19."
                )
            return name, smaller and asset == VGG19_WEIGHTS
    raise AssetNotFoundError(
        f"Expected the weights of a network ({', '.join(BEST_FIRST)}), found none. Name vgg19 "
        "to have it fetched (575 MB, once), or a safetensors file; `style paint --features "
        "patches` needs none."
    )


def _load_frozen_network(
    name: str, pooling: Pooling, padding: Padding | None, half: bool, progress: ProgressCallback
) -> PretrainedExtractor:
    check_network(name)
    if name not in NETWORKS:
        if half:
            raise ConfigError(f"Only vgg19 has weights of half precision, {name} has its own.")
        return FileExtractor(Path(name), pooling=pooling, padding=padding)
    kind = NETWORKS[name]
    if half and kind.asset != VGG19_WEIGHTS:
        raise ConfigError(
            f"Only vgg19 has weights of half precision, {name} has not. Leave it out."
        )
    tensors = load_weights(kind.asset, half=half, progress=progress)
    return kind(tensors, f"the file of {name}", pooling=pooling, padding=padding)


def check_network(name: str, *others: str) -> None:
    """Raise UnknownNameError for what is no network and no file.

    Parameters:
        name: of a network or a file.
        others: names that are allowed as well.
    """
    known = {AUTO, *NETWORKS, *others}
    if name in known or existing_file(name):
        return
    if "/" in name or name.endswith(".safetensors"):
        raise UnknownNameError(f"There is no file {name}. Check its path.")
    raise UnknownNameError(
        f"{unknown_name_error(name, known, 'network')} Or name a safetensors file."
    )


def existing_file(name: str) -> Path | None:
    """The file of this name, if there is one."""
    try:
        path = Path(name)
        return path if path.is_file() else None
    except OSError:  # no name a file could have
        return None
