"""The loss a fast style network is trained with: content and style by a loss network."""

from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor

from ...frame.config import TrainingConfig
from ...frame.errors import AssetNotFoundError, ImageError
from ...frame.progress import ProgressCallback, no_progress
from ...frame.training.distributed import device_of
from ..config import FeatureConfig
from ..imaging.conversions import Pixels, to_tensor
from ..imaging.pyramid import image_pyramid, num_pyramid_levels
from ..imaging.scales import fit_longer_side, padding_for, reflect_pad, resize
from ..losses.gatys import content_loss, total_variation
from ..losses.statistics import MIN_ENERGY, StyleTarget, moments
from ..networks._build import load_extractor
from ..networks._extractor import FeatureExtractor, Image, Images
from ..objectives.feature_objective import FeatureMethod
from .config import FastStyleConfig

DOWNLOADABLE = "vgg19"  # the network whose weights have an address
MIN_STYLE_SIDE = 16  # pixels of the style's shorter side: less has no strokes

LossDict = dict[str, Float[Tensor, ""]]


class PerceptualLoss:
    """The losses of images painted from photographs, in one style: those of `FeatureMethod`, at up
    to as many octaves, so that strokes larger than the network sees are learned as well.

    Variation alone is not stretched by the size: the network that is trained paints images of all
    sizes, and strokes as large in pixels.

    Parameters:
        network: the loss network.
        style: (1, 3, height, width), 0 … 1.
        settings: of fast style.

    Raises ImageError for a style too small to have any strokes.
    """

    def __init__(self, network: FeatureExtractor, style: Image, settings: FastStyleConfig):
        self.settings = settings
        self.method = FeatureMethod(network, settings.statistics, settings.variation)
        self.layers = self.method.resolved_style_layers
        prepared = self._prepare_style(style)
        sides = settings.size, *prepared.shape[2:]
        self.octaves = num_pyramid_levels(min(sides), self.method.min_size(), self.method.octaves)
        with torch.no_grad():
            self.style_targets = self.method.style_targets(prepared, self.octaves)

    def forward(self, painted: Images, photos: Images) -> LossDict:
        """The total, its parts unweighted, and the style loss of each layer, all as means over the
        batch and its octaves.

        Parameters:
            painted: what the network made of the photos, (B, 3, height, width).
            photos: what it was given, of the same shape.
        """
        pairs = zip(
            image_pyramid(painted, self.octaves),
            image_pyramid(photos, self.octaves),
            self.style_targets,
        )
        levels = [self._level_losses(*pair) for pair in pairs]
        parts = {name: torch.stack([each[name] for each in levels]).mean() for name in levels[0]}
        styles = [weight * parts[f"style/{layer}"] for layer, weight in self.layers.items()]
        style, variation = torch.stack(styles).sum(), total_variation(painted)
        total = self.method.total(parts["content"], style, variation, self.settings.strength)
        return {"total": total, "style": style, "variation": variation, **parts}

    def _level_losses(
        self, painted: Images, photos: Images, targets: Mapping[str, StyleTarget]
    ) -> LossDict:
        """The content loss at one octave, and the style loss of each layer."""
        read, layer = self.method.network.extract, self.method.resolved_content_layer
        with torch.no_grad():
            target = read(photos, [layer])[layer]
            contrast = target.square().mean((1, 2, 3), keepdim=True).clamp(min=MIN_ENERGY).sqrt()
        activations = read(painted, list(dict.fromkeys([*self.layers, layer])))
        content = content_loss(activations[layer] / contrast, target / contrast)
        styles = {
            f"style/{name}": targets[name].distance(moments(activations[name])).mean()
            for name in self.layers
        }
        return {"content": content, **styles}

    def _prepare_style(self, style: Image) -> Float[Tensor, "1 3 rows columns"]:
        """The style at its size, on the network's device, and large enough for all layers."""
        height, width = style.shape[2:]
        if min(height, width) < MIN_STYLE_SIDE:
            raise ImageError(
                f"Expected a style of {MIN_STYLE_SIDE} pixels or more a side, got "
                f"{width}×{height}. Take a larger image."
            )
        small = resize(style, *fit_longer_side(height, width, self.settings.style_size))
        padding = padding_for(small.shape[2:], self.method.min_size())
        return reflect_pad(small, *padding).to(self.method.device)


def build_loss(
    style: Pixels,
    settings: TrainingConfig,
    fast: FastStyleConfig,
    progress: ProgressCallback = no_progress,
) -> PerceptualLoss:
    """The perceptual loss, on the device to train on.

    Parameters:
        style: RGB uint8, (height, width, 3).
        settings: of the training.
        fast: of fast style.
        progress: told how far a download is.

    Raises AssetNotFoundError, with what can be downloaded.
    """
    try:
        network = load_extractor(
            fast.network,
            pooling=FeatureConfig.pooling,
            device=str(device_of(settings)),
            precision=settings.precision,
            progress=progress,
        )
    except AssetNotFoundError as error:
        if fast.network == DOWNLOADABLE:
            raise
        raise AssetNotFoundError(
            f"{error} Or take --network {DOWNLOADABLE}: 575 MB, fetched once."
        ) from error
    return PerceptualLoss(network, to_tensor(style), fast)
