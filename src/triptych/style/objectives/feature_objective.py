"""Judging a picture by the features of a network: what is where, and what it is made like.

Every cost is relative, to the content's own activations or to the style's statistics, so that 1 is
about a picture that shows nothing, in any layer, of any network, at any size.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from ...frame.errors import ConfigError
from ..losses.gatys import Cost, content_loss, total_loss, total_variation
from ..losses.statistics import MIN_ENERGY, STATISTICS, Kind, Moments, StyleTarget, moments
from ..networks._extractor import FeatureExtractor, Image, Images, unknown_layer
from ..schedule import Schedule
from .objective import LossAndGradient, ScaleInputs

STYLE_WEIGHT = 8.0  # weight of style against content at strength ½: by eye, over many pairs
SIZE = 512  # pixels of the longer side at which variation takes slopes as they are
EMPTY = 1e-3  # cells of a region, in sum, below which it cannot be seen in a layer

Measures = list[dict[str, list[Moments]]]  # by octave, layer, and region


@dataclass(eq=False)
class FeatureMethod:
    """Judges by the layers of a network.

    Content and style are read at up to `octaves` sizes, the picture's own and its halves, and each
    counts the same: so strokes larger than the network sees are judged as well, and a strength
    looks alike at every size. `variation` weighs slopes as they are seen, the same at every size.
    `layers` are weighted; their weights are made to sum to
    1. Raises ConfigError for weights that are none, UnknownNameError for layers the network lacks.
    """

    network: FeatureExtractor
    statistics: Kind = "wasserstein"
    variation: float = 0.07
    octaves: int = 4
    content_layer: str | None = None  # None: as the network suggests
    layers: Mapping[str, float] | None = None
    name: str = "features"

    def __post_init__(self) -> None:
        if self.statistics not in STATISTICS:
            raise ConfigError(
                f"Expected {' or '.join(STATISTICS)} as statistics, got '{self.statistics}'."
            )
        if not 0 <= self.variation < float("inf"):
            raise ConfigError(
                f"Expected a weight of 0 or more, got {self.variation} for variation."
            )
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
        return self.network.content_layer if self.content_layer is None else self.content_layer

    @property
    def resolved_style_layers(self) -> dict[str, float]:
        """The layers that style is read at, and their weights, which sum to 1."""
        weights = self.layers or self.network.style_layers
        whole = sum(weights.values())
        return {layer: weight / whole for layer, weight in weights.items() if weight}

    @property
    def device(self) -> torch.device:
        return self.network.device

    @property
    def schedule(self) -> Schedule:
        """As its network suggests."""
        return self.network.schedule

    def smallest(self) -> int:
        """Two cells of the coarsest layer."""
        layers = [*self.resolved_style_layers, self.resolved_content_layer]
        return 2 * max(self.network.strides[layer] for layer in layers)

    def style_targets(self, style: Image, octaves: int) -> list[dict[str, StyleTarget]]:
        """A style's statistics, by octave and layer."""
        kind, layers, read = (
            STATISTICS[self.statistics],
            list(self.resolved_style_layers),
            self.network.extract,
        )
        return [
            {layer: kind(moments(maps[0])) for layer, maps in read(half, layers).items()}
            for half in image_pyramid(style, octaves)
        ]

    def total(
        self, content: Cost, style: Cost, variation: Cost, strength: float
    ) -> Float[Tensor, ""]:
        """All costs, weighted by the strength."""
        weights = {"alpha": 1 - strength, "beta": STYLE_WEIGHT * strength}
        return total_loss(content, style, variation, **weights, gamma=self.variation)

    def objective(self, scene: ScaleInputs) -> "FeatureObjective":
        return FeatureObjective(self, scene)


class FeatureObjective:
    """Judges pictures of one scene by their features."""

    def __init__(self, method: FeatureMethod, scene: ScaleInputs):
        self.method, self.scene = method, scene
        self.weights, self.layer = method.resolved_style_layers, method.resolved_content_layer
        self._pooled: dict[tuple[int, int], Tensor] = {}
        self.stretch = max(scene.content.shape[2:]) / SIZE
        sides = [side for picture in (scene.content, *scene.styles) for side in picture.shape[2:]]
        self.octaves = num_pyramid_levels(min(sides), method.smallest(), method.octaves)
        with torch.no_grad():
            self.contents = self._contents()
            self.contrasts = [maps.square().mean().clamp(min=MIN_ENERGY) for maps in self.contents]
            self.style_targets = [self._aims(style) for style in scene.styles]

    def evaluate(self, picture: Image) -> LossAndGradient:
        """The costs and their slope."""
        leaf = picture.detach().requires_grad_()
        with torch.enable_grad():
            content, measures = self.content_loss_and_moments(leaf)
            style, parts = self.style(measures)
            variation = total_variation(leaf, self.stretch)
            total = self.method.total(content, style, variation, self.scene.strength)
        (gradient,) = torch.autograd.grad(total, leaf)
        parts = {"content": content, **parts, "variation": variation}
        told = {name: float(part.detach()) for name, part in parts.items()}
        return LossAndGradient(float(total.detach()), told, gradient.contiguous())

    def content_loss_and_moments(self, picture: Image) -> tuple[Float[Tensor, ""], Measures]:
        """The content cost of a picture, and the moments of its layers."""
        wanted = list(dict.fromkeys([*self.weights, self.layer]))
        costs, measures = [], []
        seen = zip(image_pyramid(picture, self.octaves), self.contents, self.contrasts)
        for half, content, contrast in seen:
            found = self.method.network.extract(half, wanted)
            costs.append(content_loss(found[self.layer], content) / contrast)
            measures.append({name: self._moments(found[name]) for name in self.weights})
        return torch.stack(costs).mean(), measures

    def style(self, measures: Measures) -> tuple[Float[Tensor, ""], dict[str, Tensor]]:
        """The style cost, and that of each layer, the mean of its octaves."""
        parts: dict[str, Tensor] = {}
        for octave, layers in enumerate(measures):
            for layer, found in layers.items():
                cost = self._distance([aims[octave][layer] for aims in self.style_targets], found)
                name = f"style/{layer}"
                parts[name] = parts.get(name, 0) + cost / self.octaves
        costs = [weight * parts[f"style/{layer}"] for layer, weight in self.weights.items()]
        return sum(costs[1:], start=costs[0]), parts

    def _contents(self) -> list[Tensor]:
        """The content's activations, by octave."""
        read = self.method.network.extract
        return [
            read(half, [self.layer])[self.layer].clone()
            for half in image_pyramid(self.scene.content, self.octaves)
        ]

    def _aims(self, style: Image) -> list[dict[str, StyleTarget]]:
        """A style's statistics, by octave and layer."""
        return self.method.style_targets(style, self.octaves)

    def _moments(self, maps: Tensor) -> list[Moments]:
        """The moments of a layer: one for all styles, or one for the region of each."""
        if self.scene.regions is None:
            return [moments(maps[0])]
        return [moments(maps[0], region) for region in self.pooled(*maps.shape[2:])]

    def pooled(self, height: int, width: int) -> Float[Tensor, "styles rows columns"]:
        """The regions as a layer of this size has them, pooled once."""
        size = height, width
        if size not in self._pooled:
            assert self.scene.regions is not None
            self._pooled[size] = F.adaptive_avg_pool2d(self.scene.regions[None], size)[0]
        return self._pooled[size]

    def _distance(self, aims: list[StyleTarget], found: list[Moments]) -> Float[Tensor, ""]:
        """How far a layer is from the styles, each by its share of the picture."""
        if self.scene.regions is None:
            shares, found = list(self.scene.style_weights), found * len(aims)
        else:
            masses = [float(part.mass) for part in found]
            areas = [s * mass * (mass > EMPTY) for s, mass in zip(self.scene.style_weights, masses)]
            shares = [area / max(sum(areas), EMPTY) for area in areas]
        # a style without a share would cost time, and one without a place is no number
        costs = [
            share * aim.distance(part) for share, aim, part in zip(shares, aims, found) if share
        ]
        return sum(costs, start=found[0].products.new_zeros(()))


def num_pyramid_levels(side: int, smallest: int, most: int) -> int:
    """At how many sizes pictures of such a shorter side are read, each half of the last: of fewer
    cells than four of the coarsest layer little can be told. `smallest` is two of them.

    >>> octaves(128, 32, 4)
    2
    """
    return next(
        count for count in range(1, most + 1) if count == most or side >> count < 2 * smallest
    )


def image_pyramid(pictures: Images, octaves: int) -> Iterator[Images]:
    """Pictures at each of so many octaves."""
    for octave in range(octaves):
        pictures = downsample_2x(pictures) if octave else pictures
        yield pictures


def downsample_2x(pictures: Images) -> Float[Tensor, "batch 3 rows columns"]:
    """Pictures at half their size, smoothed so that no pixel weighs more than its neighbours."""
    height, width = pictures.shape[2:]
    return F.interpolate(pictures, (height // 2, width // 2), mode="bilinear", antialias=True)
