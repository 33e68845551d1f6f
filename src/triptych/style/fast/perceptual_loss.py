"""What a painting network is judged by: the costs of painting, over a batch of pictures."""

from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor

from ...frame.errors import ImageError
from ..imaging.scales import fitted, framed, lacking, resized
from ..losses.gatys import content_cost, total_variation
from ..losses.statistics import DARK, Aim, moments
from ..networks._extractor import Network, Picture, Pictures
from ..objectives.feature_objective import ByFeatures, halves, octaves
from .config import FastSettings

LEAST = 16  # pixels of the style's shorter side: less has no strokes

Costs = dict[str, Float[Tensor, ""]]


class Judge:
    """The costs of pictures painted from photographs, in one style: those of `features`, at up to
    as many octaves, so that strokes larger than the network sees are learnt as well.

    Variation alone is not stretched by the size: the network that learns paints pictures of all
    sizes, and strokes as large in pixels."""

    def __init__(self, network: Network, style: Picture, settings: FastSettings):
        """Raises ImageError for a style too small to have any strokes."""
        self.settings = settings
        self.method = ByFeatures(network, settings.statistics, settings.variation)
        self.layers = self.method.style_at
        seen = self._as_seen(style)
        sides = settings.size, *seen.shape[2:]
        self.octaves = octaves(min(sides), self.method.smallest(), self.method.octaves)
        with torch.no_grad():
            self.aims = self.method.aims(seen, self.octaves)

    def costs(self, painted: Pictures, photos: Pictures) -> Costs:
        """The total, its parts unweighted, and the style cost of each layer, all as means over
        the batch and its octaves."""
        pairs = zip(halves(painted, self.octaves), halves(photos, self.octaves), self.aims)
        found = [self._seen(*pair) for pair in pairs]
        parts = {name: torch.stack([each[name] for each in found]).mean() for name in found[0]}
        styles = [weight * parts[f"style/{layer}"] for layer, weight in self.layers.items()]
        style, variation = torch.stack(styles).sum(), total_variation(painted)
        total = self.method.total(parts["content"], style, variation, self.settings.strength)
        return {"total": total, "style": style, "variation": variation, **parts}

    def _seen(self, painted: Pictures, photos: Pictures, aims: Mapping[str, Aim]) -> Costs:
        """The content cost at one octave, and the style cost of each layer."""
        read, layer = self.method.network.read, self.method.content_at
        with torch.no_grad():
            aim = read(photos, [layer])[layer]
            contrast = aim.square().mean((1, 2, 3), keepdim=True).clamp(min=DARK).sqrt()
        found = read(painted, list(dict.fromkeys([*self.layers, layer])))
        content = content_cost(found[layer] / contrast, aim / contrast)
        styles = {
            f"style/{name}": aims[name].distance(moments(found[name])).mean()
            for name in self.layers
        }
        return {"content": content, **styles}

    def _as_seen(self, style: Picture) -> Float[Tensor, "1 3 rows columns"]:
        """The style at its size, on the network's device, and large enough for all layers."""
        height, width = style.shape[2:]
        if min(height, width) < LEAST:
            raise ImageError(
                f"Expected a style of {LEAST} pixels or more a side, got {width}×{height}. "
                "Take a larger picture."
            )
        small = resized(style, *fitted(height, width, self.settings.style_size))
        rim = lacking(small.shape[2:], self.method.smallest())
        return framed(small, *rim).to(self.method.device)
