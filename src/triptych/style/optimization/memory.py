"""How much memory a painting takes, and judging in tiles where it would take more than is given."""

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
WORD = re.compile(r"(\d+(?:\.\d+)?|\.\d+)\s*([KMGT]?)(?:I?B)?", re.IGNORECASE)
FLOOR = 600 * 2**20  # Python, PyTorch and all that is loaded before the first picture
OVERHEAD = 1.3  # of what a network keeps: what is kept by nobody, and between blocks of memory
PICTURES = 24  # of the size painted: those given, their halves, where a search stands, its best
COLOURS, NUMBER = 3, 4  # of a pixel, and bytes of each
PROBE = 8  # cells of the coarsest layer across, over which a network's memory is measured


def parse_bytes(word: str | int) -> int:
    """Bytes, from a number of them or a word such as 4G, 500M or 2GiB; a G is 2³⁰.

    Raises ConfigError for any other word, and for none at all.

    >>> memory_of("1.5K")
    1536
    """
    if isinstance(word, str):
        found = WORD.fullmatch(word.strip())
        size = float(found[1]) * UNITS[found[2].upper()] if found else 0
    else:
        size = word
    if size < 1:
        raise ConfigError(f"Expected memory such as 4G or 500M, got '{word}'.")
    return int(size)


def format_bytes(size: float) -> str:
    """Bytes as a word that `memory_of` reads, rounded up.

    >>> told(3_000_000_000)
    '2.8G'
    """
    for unit, next_unit in ("KM", "MG"):
        if size < UNITS[next_unit]:
            return f"{-(-size // UNITS[unit]):.0f}{unit}"
    return f"{-(-size * 10 // UNITS['G']) / 10:.1f}G"


def limit_memory(method: ObjectiveFactory, memory: str | int = "4G") -> ObjectiveFactory:
    """A method that judges as the one given, and paints within this much memory on a processor:
    in tiles, at the scales that would take more.

    Raises ConfigError where the memory is none, and for a method without a network, which knows no
    tiles."""
    given = parse_bytes(memory)
    if not isinstance(method, FeatureMethod):
        raise ConfigError(
            f"Only painting with a network can be kept within a given memory, not with "
            f"{method.name}. Leave it out, or choose other --features."
        )
    return MemoryLimited(method, given)


def check_fits(painter: StyleOptimizer) -> None:
    """Tell at once, rather than hours later, where the last scale will not fit.

    Raises ConfigError, which says how much would do."""
    method, last = painter.method, painter.scales[-1]
    if isinstance(method, MemoryLimited):
        styles = sum(COLOURS * height * width for height, width in painter.style_sizes(last))
        height, width = painter.padded_size(last)
        masks = 0 if painter.regions is None else len(painter.regions)
        method.max_tile_side(height, width, method.extra_bytes(styles, masks * height * width))


@dataclass(eq=False)
class MemoryLimited:
    """Judges by features within a budget of bytes."""

    method: FeatureMethod
    memory: int
    name: str = "features"

    @property
    def device(self) -> torch.device:
        return self.method.device

    @property
    def schedule(self) -> Schedule:
        return self.method.schedule

    def smallest(self) -> int:
        return self.method.smallest()

    def objective(self, scene: ScaleInputs) -> Objective:
        """Raises ConfigError where even the smallest tiles do not fit."""
        height, width = scene.content.shape[2:]
        styles = sum(style.numel() for style in scene.styles)
        regions = 0 if scene.regions is None else scene.regions.numel()
        side = self.max_tile_side(height, width, self.extra_bytes(styles, regions))
        largest = max(max(picture.shape[2:]) for picture in (scene.content, *scene.styles))
        if side >= largest:
            return self.method.objective(scene)
        return TiledObjective(self.method, scene, side, self.halo)

    def extra_bytes(self, styles: int, regions: int) -> int:
        """Bytes that so many numbers of styles and of regions take, with their halves."""
        return NUMBER * (2 * styles + 3 * regions)

    def max_tile_side(self, height: int, width: int, more: int = 0) -> int:
        """The side of the largest tiles for a picture of this size that fit, with `more` bytes
        for other things; no less than that of the picture where it needs no tiles."""
        fixed = FLOOR + self.weights + more + self._pictures(height, width)
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

    def _pictures(self, height: int, width: int) -> int:
        """What grows with the picture and not with tiles: the optimiser's memory, and what the
        content shows in its layer."""
        pixels = height * width
        picture = COLOURS * NUMBER * pixels
        content = self.widths[self.method.resolved_content_layer] * NUMBER * pixels * 4 // 3
        content //= self.strides[self.method.resolved_content_layer] ** 2
        return PICTURES * picture + 2 * Lbfgs.history_size(picture) * picture + 2 * content

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
    def weights(self) -> int:
        """Bytes of the network's own, and of what convolutions make of them."""
        return 3 * sum(weight.nbytes for weight in self.method.network.parameters())

    @property
    def bytes_per_pixel(self) -> float:
        """Bytes for each pixel read."""
        return self._measured[0]

    @property
    def widths(self) -> dict[str, int]:
        return self._measured[1]

    @cached_property
    def _measured(self) -> tuple[float, dict[str, int]]:
        """Bytes for each pixel that a step back through the network needs, and channels."""
        return measure_activation_bytes(self.method.network, self.layers, PROBE * self.stride)


def measure_activation_bytes(
    network: FeatureExtractor, layers: list[str], side: int
) -> tuple[float, dict[str, int]]:
    """Bytes a pixel that are kept to go back through a network, with room to do so, and the
    channels of each layer, found by reading a square of this side."""
    weights = {weight.untyped_storage().data_ptr() for weight in network.parameters()}
    kept: dict[int, Tensor] = {}

    def keep(tensor: Tensor) -> Tensor:
        if tensor.untyped_storage().data_ptr() not in weights:
            kept[tensor.untyped_storage().data_ptr()] = tensor
        return tensor

    leaf = torch.zeros(1, 3, side, side, device=network.device, requires_grad=True)
    with torch.enable_grad(), torch.autograd.graph.saved_tensors_hooks(keep, lambda kept: kept):
        found = network.extract(leaf, layers)
        sums = [moments(maps).products.sum() for maps in found.values()]
    sizes = [tensor.untyped_storage().nbytes() for tensor in kept.values()]
    del sums
    return (OVERHEAD * sum(sizes) + 3 * max(sizes)) / side**2, {
        layer: maps.shape[1] for layer, maps in found.items()
    }
