"""What a painting network is judged by: the costs of painting, over a batch of pictures."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from ..frame.errors import BadImage
from .costs import content_cost, total_cost, total_variation
from .fast_settings import FastSettings
from .features import BALANCE
from .network import Network, Picture, Pictures
from .scales import fitted, framed, resized
from .statistics import DARK, STATISTICS, moments

LEAST = 16  # pixels of the style's shorter side: less has no strokes

Costs = dict[str, Float[Tensor, ""]]


class Judge:
    """The costs of pictures painted from photographs, in one style; all relative, as `features`
    has them, so that 1 is about a picture that shows nothing."""

    def __init__(self, network: Network, style: Picture, settings: FastSettings):
        """Raises BadImage for a style too small to have any strokes."""
        self.network, self.settings = network, settings
        self.weights = dict(network.style_layers)
        seen = _as_seen(network, style, settings.style_size, list(self.weights))
        kind = STATISTICS[settings.statistics]
        with torch.no_grad():
            found = network.read(seen, list(self.weights))
            self.aims = {layer: kind(moments(maps[0])) for layer, maps in found.items()}

    def costs(self, painted: Pictures, photos: Pictures) -> Costs:
        """The total, its parts unweighted, and the style cost of each layer, all as means over
        the batch."""
        layer, strength = self.network.content_layer, self.settings.strength
        with torch.no_grad():
            aim = self.network.read(photos, [layer])[layer]
            contrast = aim.square().mean((1, 2, 3), keepdim=True).clamp(min=DARK).sqrt()
        found = self.network.read(painted, list(dict.fromkeys([*self.weights, layer])))
        content = content_cost(found[layer] / contrast, aim / contrast)
        layers = {
            f"style/{name}": self.aims[name].distance(moments(found[name])).mean()
            for name in self.weights
        }
        style = torch.stack([w * layers[f"style/{n}"] for n, w in self.weights.items()]).sum()
        variation = total_variation(painted)
        weights = {"alpha": 1 - strength, "beta": BALANCE * strength}
        total = total_cost(content, style, variation, **weights, gamma=self.settings.variation)
        return {
            "total": total,
            "content": content,
            "style": style,
            "variation": variation,
            **layers,
        }


def _as_seen(
    network: Network, style: Picture, size: int, layers: Sequence[str]
) -> Float[Tensor, "1 3 rows columns"]:
    """The style at its size, on the network's device, and large enough for its coarsest layer."""
    height, width = style.shape[2:]
    if min(height, width) < LEAST:
        raise BadImage(
            f"Expected a style of {LEAST} pixels or more a side, got {width}×{height}. "
            "Take a larger picture."
        )
    small = resized(style, *fitted(height, width, size))
    least = 2 * max(network.strides[layer] for layer in layers)
    rows, columns = (max(0, -(-(least - side) // 2)) for side in small.shape[2:])
    return framed(small, rows, columns).to(network.device)
