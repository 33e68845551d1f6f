"""How much memory a transfer takes, and tiles where it would take more than is allowed."""

import re
from dataclasses import dataclass
from functools import cached_property
from math import isqrt

import torch
from torch import Tensor

from ...frame.errors import ConfigError
from ..losses.statistics import moments
from ..networks._extractor import FeatureExtractor
from ..objectives.feature_objective import FeatureMethod
from ..objectives.objective import Objective, ObjectiveFactory, ScaleInputs
from ..objectives.tiled_objective import TiledObjective
from ..objectives.tiles import receptive_field
from ..schedule import Schedule
from .optimizers import Lbfgs
from .style_optimizer import StyleOptimizer

UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
SIZE_PATTERN = re.compile(r"(\d+(?:\.\d+)?|\.\d+)\s*([KMGT]?)(?:I?B)?", re.IGNORECASE)
BASELINE = 600 * 2**20  # Python, PyTorch and all that is loaded before the first picture
OVERHEAD = 1.3  # of what a network keeps: what is kept by nobody, and between blocks of memory
NUM_IMAGES = 24  # of the size painted: those given, their halves, where a search stands, its best
CHANNELS, BYTES_PER_VALUE = 3, 4  # of a pixel, and bytes of each
PROBE_CELLS = 8  # cells of the coarsest layer across, over which a network's memory is measured


def parse_bytes(text: str | int) -> int:
    """Bytes from a number, or from text such as 4G, 500M or 2GiB; a G is 2³⁰.

    Raises ConfigError for any other text, and for less than 1.

    >>> parse_bytes("1.5K")
    1536
    """
    if isinstance(text, str):
        matched = SIZE_PATTERN.fullmatch(text.strip())
        size = float(matched[1]) * UNITS[matched[2].upper()] if matched else 0
    else:
        size = text
    if size < 1:
        raise ConfigError(f"Expected memory such as 4G or 500M, got '{text}'.")
    return int(size)


def format_bytes(size: float) -> str:
    """Bytes as text that `parse_bytes` reads, rounded up.

    >>> format_bytes(3_000_000_000)
    '2.8G'
    """
    for unit, next_unit in ("KM", "MG"):
        if size < UNITS[next_unit]:
            return f"{-(-size // UNITS[unit]):.0f}{unit}"
    return f"{-(-size * 10 // UNITS['G']) / 10:.1f}G"


def limit_memory(method: ObjectiveFactory, memory: str | int = "4G") -> ObjectiveFactory:
    """The method given, within so much memory on a processor: in tiles, at scales that would take
    more.

    Parameters:
        method: by the features of a network.
        memory: bytes, or text such as "4G".

    Raises ConfigError where the memory is none, and for a method without a network, which knows no
    tiles.
    """
    given = parse_bytes(memory)
    if not isinstance(method, FeatureMethod):
        raise ConfigError(
            f"Only painting with a network can be kept within a given memory, not with "
            f"{method.name}. Leave it out, or choose other --features."
        )
    return MemoryLimited(method, given)


def check_fits(optimizer: StyleOptimizer) -> None:
    """Raise ConfigError at once, rather than hours later, where the last scale will not fit.

    The error says how much memory would do.
    """
    method, last = optimizer.method, optimizer.scales[-1]
    if isinstance(method, MemoryLimited):
        styles = sum(CHANNELS * height * width for height, width in optimizer.style_sizes(last))
        height, width = optimizer.padded_size(last)
        masks = 0 if optimizer.regions is None else len(optimizer.regions)
        method.max_tile_side(height, width, method.extra_bytes(styles, masks * height * width))


@dataclass(eq=False)
class MemoryLimited:
    """Compares images by features within a number of bytes.

    Parameters:
        method: what is limited.
        memory: bytes.
        name: what errors call the method.
    """

    method: FeatureMethod
    memory: int
    name: str = "features"

    @property
    def device(self) -> torch.device:
        """As of the method that is limited."""
        return self.method.device

    @property
    def schedule(self) -> Schedule:
        """As of the method that is limited."""
        return self.method.schedule

    def min_size(self) -> int:
        """As of the method that is limited."""
        return self.method.min_size()

    def objective(self, inputs: ScaleInputs) -> Objective:
        """The objective at one scale, in tiles where they are needed.

        Raises ConfigError where even the smallest tiles do not fit.
        """
        height, width = inputs.content.shape[2:]
        styles = sum(style.numel() for style in inputs.styles)
        regions = 0 if inputs.regions is None else inputs.regions.numel()
        side = self.max_tile_side(height, width, self.extra_bytes(styles, regions))
        largest = max(max(picture.shape[2:]) for picture in (inputs.content, *inputs.styles))
        if side >= largest:
            return self.method.objective(inputs)
        return TiledObjective(self.method, inputs, side, self.halo)

    def extra_bytes(self, styles: int, regions: int) -> int:
        """Bytes of styles and regions, with their halves.

        Parameters:
            styles: values of all styles.
            regions: values of all regions.
        """
        return BYTES_PER_VALUE * (2 * styles + 3 * regions)

    def max_tile_side(self, height: int, width: int, extra: int = 0) -> int:
        """The side of the largest tiles that fit, in pixels; the longer side of the image where it
        needs none.

        Parameters:
            height, width: of the image.
            extra: bytes that other things take.

        Raises ConfigError where even the smallest tiles do not fit.
        """
        fixed = BASELINE + self.weight_bytes + extra + self._image_bytes(height, width)
        pixels = int((self.memory - fixed) / self.bytes_per_pixel)
        longest = max(height, width)
        if pixels >= longest**2 * 4 / 3:  # all octaves at once
            return longest
        side = (isqrt(max(0, pixels)) - 2 * self.halo) // self.stride * self.stride
        least = min(2 * self.stride, longest)
        if side < least:
            needed = (
                fixed
                + self.bytes_per_pixel * min(longest + self.stride, least + 2 * self.halo) ** 2
            )
            raise ConfigError(
                f"Expected memory of at least {format_bytes(needed)} for {width}×{height}, got "
                f"{format_bytes(self.memory)}. Give as much, or take a smaller size or network."
            )
        return min(side, longest)

    def _image_bytes(self, height: int, width: int) -> int:
        """Bytes that grow with the image and not with tiles: the optimizer's history, and the
        content's activations.
        """
        pixels = height * width
        picture = CHANNELS * BYTES_PER_VALUE * pixels
        content = (
            self.channels[self.method.resolved_content_layer] * BYTES_PER_VALUE * pixels * 4 // 3
        )
        content //= self.strides[self.method.resolved_content_layer] ** 2
        return NUM_IMAGES * picture + 2 * Lbfgs.history_size(picture) * picture + 2 * content

    @cached_property
    def halo(self) -> int:
        return receptive_field(self.method.network, self.layers)

    @property
    def layers(self) -> list[str]:
        return list(
            dict.fromkeys([*self.method.resolved_style_layers, self.method.resolved_content_layer])
        )

    @property
    def strides(self) -> dict[str, int]:
        return {layer: self.method.network.strides[layer] for layer in self.layers}

    @property
    def stride(self) -> int:
        return max(self.strides.values())

    @cached_property
    def weight_bytes(self) -> int:
        """Bytes of the network's own, and of what convolutions make of them."""
        return 3 * sum(weight.nbytes for weight in self.method.network.parameters())

    @property
    def bytes_per_pixel(self) -> float:
        """Bytes for each pixel read."""
        return self._measured[0]

    @property
    def channels(self) -> dict[str, int]:
        return self._measured[1]

    @cached_property
    def _measured(self) -> tuple[float, dict[str, int]]:
        """Bytes for each pixel that a step back through the network needs, and channels."""
        return measure_activation_bytes(self.method.network, self.layers, PROBE_CELLS * self.stride)


def measure_activation_bytes(
    network: FeatureExtractor, layers: list[str], side: int
) -> tuple[float, dict[str, int]]:
    """Measure what a step of backpropagation keeps in memory: bytes a pixel, and the channels of
    layers.

    Parameters:
        network: to be measured.
        layers: that are read.
        side: of the square of zeros it is measured with, in pixels.
    """
    weights = {weight.untyped_storage().data_ptr() for weight in network.parameters()}
    saved: dict[int, Tensor] = {}

    def keep(tensor: Tensor) -> Tensor:
        if tensor.untyped_storage().data_ptr() not in weights:
            saved[tensor.untyped_storage().data_ptr()] = tensor
        return tensor

    leaf = torch.zeros(1, 3, side, side, device=network.device, requires_grad=True)
    with torch.enable_grad(), torch.autograd.graph.saved_tensors_hooks(keep, lambda saved: saved):
        activations = network.extract(leaf, layers)
        sums = [moments(maps).products.sum() for maps in activations.values()]
    sizes = [tensor.untyped_storage().nbytes() for tensor in saved.values()]
    del sums
    return (OVERHEAD * sum(sizes) + 3 * max(sizes)) / side**2, {
        layer: maps.shape[1] for layer, maps in activations.items()
    }
