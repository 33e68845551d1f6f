"""The content loss of painting by patches: coarse shapes, in the styles' colors."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from ..imaging.colors import luminance, match_color_statistics
from ..losses.gatys import Loss
from ..networks._extractor import Image
from .objective import ScaleInputs

LOWPASS_SIZE = 96  # pixels of the longer side the content is held at: what is finer is the style's
PIXEL_WEIGHT = 0.01  # weight of the content's own pixels beside those
CONTRAST_WEIGHT = (
    0.7  # how much more is held where there is much to see: things before skies and walls
)
MIN_VARIANCE = 1e-4  # variance that even a picture of one colour is taken to have


class LowpassContentLoss:
    """The distance of an image from the recolored content at low resolution.

    0 is the content in the colors of the styles, 1 about an image of a single color. `target` is
    the recolored content at full size.

    Parameters:
        inputs: the content, the styles and their weights at one scale.
    """

    def __init__(self, inputs: ScaleInputs):
        self.target = recolor_content(inputs)
        self.coarse_target = downsample(self.target)
        self.weights = 1 - CONTRAST_WEIGHT + CONTRAST_WEIGHT * local_contrast(inputs.content)
        self.contrast = self.coarse_target.var(unbiased=False).clamp(min=MIN_VARIANCE)

    def loss(self, image: Image) -> Loss:
        """The distance of an image from the target at low resolution, and a little that of its
        pixels.
        """
        afar = (self.weights * (downsample(image) - self.coarse_target).square()).mean()
        near = (image - self.target).square().mean()
        return (afar + PIXEL_WEIGHT * near) / (1 + PIXEL_WEIGHT) / self.contrast


def recolor_content(inputs: ScaleInputs) -> Image:
    """The content, the more in the colors of the styles the higher the strength of the `inputs`: a
    night cannot be painted by the patches of a day.
    """
    lent = torch.cat([match_color_statistics(inputs.content, style) for style in inputs.styles])
    coverage = inputs.normalized_regions
    everywhere = lent.new_tensor(inputs.style_weights)[:, None, None]
    shares = (everywhere if coverage is None else coverage)[:, None]
    mixed = (lent * shares).sum(0, keepdim=True) + (1 - shares.sum(0)) * inputs.content
    return torch.lerp(inputs.content, mixed, min(1.0, 2 * inputs.strength))


def downsample(image: Image) -> Float[Tensor, "1 3 rows columns"]:
    """An image no larger than `LOWPASS_SIZE` pixels."""
    height, width = image.shape[2:]
    smaller = min(1.0, LOWPASS_SIZE / max(height, width))
    size = max(1, round(height * smaller)), max(1, round(width * smaller))
    return F.interpolate(image, size, mode="bilinear", antialias=True) if smaller < 1 else image


def local_contrast(content: Image) -> Float[Tensor, "1 1 rows columns"]:
    """The standard deviation of the luminance of the `content` around each pixel of its downsampled
    image, 1 on average.
    """
    grey = luminance(content)
    rows, columns = downsample(content).shape[2:]
    mean, square = (F.adaptive_avg_pool2d(each, (rows, columns)) for each in (grey, grey.square()))
    spread = (square - mean.square()).clamp(min=0).sqrt()
    around = F.avg_pool2d(spread, 3, stride=1, padding=1, count_include_pad=False)
    return (around + MIN_VARIANCE) / (around.mean() + MIN_VARIANCE)
