"""What of a content is held while it is painted by patches: its shapes, in the styles' colours."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from ..imaging.colors import luminance, match_color_statistics
from ..losses.gatys import Cost
from ..networks._extractor import Image
from .objective import ScaleInputs

LOWPASS_SIZE = 96  # pixels of the longer side the content is held at: what is finer is the style's
PIXELS = 0.01  # weight of the content's own pixels beside those
DETAIL = 0.7  # how much more is held where there is much to see: things before skies and walls
LEAST = 1e-4  # variance that even a picture of one colour is taken to have


class LowpassContentLoss:
    """What pictures of a scene are to keep of its content; `whole` is that, at full size.

    A cost of 0 is the content in the colours of the styles, 1 about a picture all of a colour."""

    def __init__(self, scene: ScaleInputs):
        self.whole = recolor_content(scene)
        self.coarse = downsample(self.whole)
        self.weights = 1 - DETAIL + DETAIL * local_contrast(scene.content)
        self.contrast = self.coarse.var(unbiased=False).clamp(min=LEAST)

    def cost(self, picture: Image) -> Cost:
        """How far a picture is from it, seen from afar, and a little how far its pixels are."""
        afar = (self.weights * (downsample(picture) - self.coarse).square()).mean()
        near = (picture - self.whole).square().mean()
        return (afar + PIXELS * near) / (1 + PIXELS) / self.contrast


def recolor_content(scene: ScaleInputs) -> Image:
    """The content, with more strength in the colours of the styles: a night cannot be painted by
    the patches of a day."""
    lent = torch.cat([match_color_statistics(scene.content, style) for style in scene.styles])
    coverage = scene.normalized_regions
    everywhere = lent.new_tensor(scene.style_weights)[:, None, None]
    shares = (everywhere if coverage is None else coverage)[:, None]
    mixed = (lent * shares).sum(0, keepdim=True) + (1 - shares.sum(0)) * scene.content
    return torch.lerp(scene.content, mixed, min(1.0, 2 * scene.strength))


def downsample(picture: Image) -> Float[Tensor, "1 3 rows columns"]:
    """A picture as from afar: no finer than `HELD` pixels."""
    height, width = picture.shape[2:]
    smaller = min(1.0, LOWPASS_SIZE / max(height, width))
    size = max(1, round(height * smaller)), max(1, round(width * smaller))
    return F.interpolate(picture, size, mode="bilinear", antialias=True) if smaller < 1 else picture


def local_contrast(content: Image) -> Float[Tensor, "1 1 rows columns"]:
    """How much there is to see at each place from afar: the spread of light and shade around it,
    1 on average."""
    grey = luminance(content)
    rows, columns = downsample(content).shape[2:]
    mean, square = (F.adaptive_avg_pool2d(each, (rows, columns)) for each in (grey, grey.square()))
    spread = (square - mean.square()).clamp(min=0).sqrt()
    around = F.avg_pool2d(spread, 3, stride=1, padding=1, count_include_pad=False)
    return (around + LEAST) / (around.mean() + LEAST)
