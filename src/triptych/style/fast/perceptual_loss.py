"""What a painting network is judged by: the costs of painting, over a batch of pictures."""

from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor

from ...frame.errors import ImageError
from ..imaging.scales import fit_longer_side, padding_for, reflect_pad, resize
from ..losses.gatys import content_loss, total_variation
from ..losses.statistics import MIN_ENERGY, StyleTarget, moments
from ..networks._extractor import FeatureExtractor, Image, Images
from ..objectives.feature_objective import FeatureMethod, image_pyramid, num_pyramid_levels
from .config import FastStyleConfig

LEAST = 16  # pixels of the style's shorter side: less has no strokes

Costs = dict[str, Float[Tensor, ""]]


class PerceptualLoss:
    """The costs of pictures painted from photographs, in one style: those of `features`, at up to
    as many octaves, so that strokes larger than the network sees are learnt as well.

    Variation alone is not stretched by the size: the network that learns paints pictures of all
    sizes, and strokes as large in pixels."""

    def __init__(self, network: FeatureExtractor, style: Image, settings: FastStyleConfig):
        """Raises ImageError for a style too small to have any strokes."""
        self.settings = settings
        self.method = FeatureMethod(network, settings.statistics, settings.variation)
        self.layers = self.method.resolved_style_layers
        seen = self._prepare_style(style)
        sides = settings.size, *seen.shape[2:]
        self.octaves = num_pyramid_levels(min(sides), self.method.smallest(), self.method.octaves)
        with torch.no_grad():
            self.aims = self.method.style_targets(seen, self.octaves)

    def forward(self, painted: Images, photos: Images) -> Costs:
        """The total, its parts unweighted, and the style cost of each layer, all as means over
        the batch and its octaves."""
        pairs = zip(
            image_pyramid(painted, self.octaves), image_pyramid(photos, self.octaves), self.aims
        )
        found = [self._level_losses(*pair) for pair in pairs]
        parts = {name: torch.stack([each[name] for each in found]).mean() for name in found[0]}
        styles = [weight * parts[f"style/{layer}"] for layer, weight in self.layers.items()]
        style, variation = torch.stack(styles).sum(), total_variation(painted)
        total = self.method.total(parts["content"], style, variation, self.settings.strength)
        return {"total": total, "style": style, "variation": variation, **parts}

    def _level_losses(
        self, painted: Images, photos: Images, aims: Mapping[str, StyleTarget]
    ) -> Costs:
        """The content cost at one octave, and the style cost of each layer."""
        read, layer = self.method.network.extract, self.method.resolved_content_layer
        with torch.no_grad():
            aim = read(photos, [layer])[layer]
            contrast = aim.square().mean((1, 2, 3), keepdim=True).clamp(min=MIN_ENERGY).sqrt()
        found = read(painted, list(dict.fromkeys([*self.layers, layer])))
        content = content_loss(found[layer] / contrast, aim / contrast)
        styles = {
            f"style/{name}": aims[name].distance(moments(found[name])).mean()
            for name in self.layers
        }
        return {"content": content, **styles}

    def _prepare_style(self, style: Image) -> Float[Tensor, "1 3 rows columns"]:
        """The style at its size, on the network's device, and large enough for all layers."""
        height, width = style.shape[2:]
        if min(height, width) < LEAST:
            raise ImageError(
                f"Expected a style of {LEAST} pixels or more a side, got {width}×{height}. "
                "Take a larger picture."
            )
        small = resize(style, *fit_longer_side(height, width, self.settings.style_size))
        rim = padding_for(small.shape[2:], self.method.smallest())
        return reflect_pad(small, *rim).to(self.method.device)
