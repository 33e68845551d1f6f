"""The objective of Gatys et al. 2015: content and style by the features of a network.

Every loss is relative, to the content's own activations or to the style's statistics, so that 1 is
about an image that shows nothing, in any layer, of any network, at any size.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from ...frame.errors import ConfigError
from ..config import STYLE_WEIGHT, FeatureConfig, Statistics
from ..imaging.pyramid import image_pyramid, num_pyramid_levels
from ..losses.gatys import Loss, content_loss, total_loss, total_variation
from ..losses.statistics import MIN_ENERGY, STATISTICS, Moments, StyleTarget, moments
from ..networks._extractor import FeatureExtractor, Image, unknown_layer
from ..schedule import Schedule
from .objective import LossAndGradient, ScaleInputs

TV_REFERENCE_SIZE = 512  # pixels of the longer side at which variation takes slopes as they are
MIN_REGION_CELLS = 1e-3  # cells of a region, in sum, below which it cannot be seen in a layer

PyramidMoments = list[dict[str, list[Moments]]]  # by octave, layer, and region


@dataclass(eq=False)
class FeatureMethod:
    """Compares images by the layers of a network.

    Content and style are read at up to `octaves` sizes, the image's own and its halves, and each
    counts the same: so strokes larger than the network sees count as well, and a strength looks
    alike at every size.

    Parameters:
        network: to read features with.
        statistics: what of a layer is compared for style: "wasserstein" (means and covariances) or
            "gram".
        variation: weight of the total variation; of the same effect at every size.
        octaves: the most sizes that are read, each half of the last.
        content_layer: where content is read; None: as the network suggests.
        layers: where style is read, with weights that are divided by their sum; None: as the
            network suggests.
        name: what errors call the method.

    Raises ConfigError for weights out of range, UnknownNameError for layers the network lacks.
    """

    network: FeatureExtractor
    statistics: Statistics = FeatureConfig.statistics
    variation: float = FeatureConfig.variation
    octaves: int = FeatureConfig.octaves
    content_layer: str | None = None  # None: as the network suggests
    layers: Mapping[str, float] | None = None
    name: str = "features"

    def __post_init__(self) -> None:
        if self.statistics not in STATISTICS:
            raise ConfigError(
                f"Expected {' or '.join(STATISTICS)} as statistics, got '{self.statistics}'."
            )
        if not 0 <= self.variation < float("inf"):
            got = f"{self.variation} for variation"
            raise ConfigError(f"Expected a weight of 0 or more, got {got}.")
        if self.octaves < 1:
            raise ConfigError(f"Expected 1 octave or more, got {self.octaves}.")
        weights = dict(self.layers or self.network.style_layers)
        for layer, weight in weights.items():
            if not (isfinite(weight) and weight >= 0):
                raise ConfigError(f"Expected a weight of 0 or more, got {weight} for {layer}.")
        for layer in (*weights, self.resolved_content_layer):
            if layer not in self.network.layers:
                raise unknown_layer(self.network, layer)
        if not 0 < sum(weights.values()) < float("inf"):
            raise ConfigError(
                "Expected layers of style whose weights sum to a number above 0, got "
                f"{sum(weights.values())}."
            )

    @property
    def resolved_content_layer(self) -> str:
        """The layer that content is read at."""
        return self.network.content_layer if self.content_layer is None else self.content_layer

    @property
    def resolved_style_layers(self) -> dict[str, float]:
        """The layers that style is read at, and their weights, which sum to 1."""
        weights = self.layers or self.network.style_layers
        whole = sum(weights.values())
        return {layer: weight / whole for layer, weight in weights.items() if weight}

    @property
    def device(self) -> torch.device:
        """Where its network is."""
        return self.network.device

    @property
    def schedule(self) -> Schedule:
        """As its network suggests."""
        return self.network.schedule

    def min_size(self) -> int:
        """Two cells of the coarsest layer."""
        layers = [*self.resolved_style_layers, self.resolved_content_layer]
        return 2 * max(self.network.strides[layer] for layer in layers)

    def style_targets(self, style: Image, octaves: int) -> list[dict[str, StyleTarget]]:
        """A style's statistics, by octave and layer.

        Parameters:
            style: (1, 3, height, width).
            octaves: how many sizes.
        """
        kind, layers = STATISTICS[self.statistics], list(self.resolved_style_layers)
        extract = self.network.extract
        return [
            {layer: kind(moments(maps[0])) for layer, maps in extract(half, layers).items()}
            for half in image_pyramid(style, octaves)
        ]

    def total(
        self, content: Loss, style: Loss, variation: Loss, strength: float
    ) -> Float[Tensor, ""]:
        """(1 − s) · content + 8 s · style + γ · variation, γ being the weight of variation.

        Parameters:
            content, style, variation: the unweighted losses.
            strength: s, 0 … 1.
        """
        weights = {"alpha": 1 - strength, "beta": STYLE_WEIGHT * strength}
        return total_loss(content, style, variation, **weights, gamma=self.variation)

    def objective(self, inputs: ScaleInputs) -> "FeatureObjective":
        """The objective for images of the size of the content in `inputs`."""
        return FeatureObjective(self, inputs)


class FeatureObjective:
    """The objective at one scale, by features.

    Parameters:
        method: the network and its options.
        inputs: content, styles, weights and regions at this scale.
    """

    def __init__(self, method: FeatureMethod, inputs: ScaleInputs):
        self.method, self.inputs = method, inputs
        self.weights = method.resolved_style_layers
        self.content_layer = method.resolved_content_layer
        self._region_cache: dict[tuple[int, int], Tensor] = {}
        self.tv_stretch = max(inputs.content.shape[2:]) / TV_REFERENCE_SIZE
        sides = [side for image in (inputs.content, *inputs.styles) for side in image.shape[2:]]
        self.octaves = num_pyramid_levels(min(sides), method.min_size(), method.octaves)
        with torch.no_grad():
            self.content_maps = self._content_maps()
            self.content_energy = [
                maps.square().mean().clamp(min=MIN_ENERGY) for maps in self.content_maps
            ]
            self.style_targets = [self._style_targets(style) for style in inputs.styles]

    def evaluate(self, image: Image) -> LossAndGradient:
        """The loss of an image and its gradient."""
        leaf = image.detach().requires_grad_()
        with torch.enable_grad():
            content, measures = self.content_loss_and_moments(leaf)
            style, parts = self.style_loss(measures)
            variation = total_variation(leaf, self.tv_stretch)
            total = self.method.total(content, style, variation, self.inputs.strength)
        (gradient,) = torch.autograd.grad(total, leaf)
        parts = {"content": content, **parts, "variation": variation}
        values = {name: float(part.detach()) for name, part in parts.items()}
        return LossAndGradient(float(total.detach()), values, gradient.contiguous())

    def content_loss_and_moments(self, image: Image) -> tuple[Float[Tensor, ""], PyramidMoments]:
        """The content loss of an image, and the moments of its style layers."""
        layers = list(dict.fromkeys([*self.weights, self.content_layer]))
        losses, measures = [], []
        levels = zip(image_pyramid(image, self.octaves), self.content_maps, self.content_energy)
        for half, content, contrast in levels:
            activations = self.method.network.extract(half, layers)
            losses.append(content_loss(activations[self.content_layer], content) / contrast)
            measures.append({name: self._moments(activations[name]) for name in self.weights})
        return torch.stack(losses).mean(), measures

    def style_loss(self, measures: PyramidMoments) -> tuple[Float[Tensor, ""], dict[str, Tensor]]:
        """The style loss, and that of each layer, the mean of its octaves, from the `measured`
        moments.
        """
        parts: dict[str, Tensor] = {}
        for octave, layers in enumerate(measures):
            for layer, measured in layers.items():
                distance = self._distance(
                    [targets[octave][layer] for targets in self.style_targets], measured
                )
                name = f"style/{layer}"
                parts[name] = parts.get(name, 0) + distance / self.octaves
        losses = [weight * parts[f"style/{layer}"] for layer, weight in self.weights.items()]
        return sum(losses[1:], start=losses[0]), parts

    def _content_maps(self) -> list[Tensor]:
        """The content's activations, by octave."""
        halves, layer = image_pyramid(self.inputs.content, self.octaves), self.content_layer
        return [self.method.network.extract(half, [layer])[layer].clone() for half in halves]

    def _style_targets(self, style: Image) -> list[dict[str, StyleTarget]]:
        """A style's statistics, by octave and layer."""
        return self.method.style_targets(style, self.octaves)

    def _moments(self, maps: Tensor) -> list[Moments]:
        """The moments of a layer: one for all styles, or one for the region of each."""
        if self.inputs.regions is None:
            return [moments(maps[0])]
        return [moments(maps[0], region) for region in self.pooled_regions(*maps.shape[2:])]

    def pooled_regions(self, height: int, width: int) -> Float[Tensor, "styles rows columns"]:
        """The regions at the size of a layer, pooled once.

        Parameters:
            height, width: of the layer's maps.
        """
        size = height, width
        if size not in self._region_cache:
            assert self.inputs.regions is not None
            self._region_cache[size] = F.adaptive_avg_pool2d(self.inputs.regions[None], size)[0]
        return self._region_cache[size]

    def _distance(self, targets: list[StyleTarget], measured: list[Moments]) -> Float[Tensor, ""]:
        """The distance of a layer from the styles, each weighted by its share of the image."""
        if self.inputs.regions is None:
            shares, measured = list(self.inputs.style_weights), measured * len(targets)
        else:
            cells = [float(part.weight) for part in measured]
            weighted = zip(self.inputs.style_weights, cells)
            areas = [s * count * (count > MIN_REGION_CELLS) for s, count in weighted]
            shares = [area / max(sum(areas), MIN_REGION_CELLS) for area in areas]
        # a style without a share would cost time, and one without a place is no number
        losses = [
            share * aim.distance(part)
            for share, aim, part in zip(shares, targets, measured)
            if share
        ]
        return sum(losses, start=measured[0].products.new_zeros(()))
