"""Whose colours a painting has: the style's, or the content's in one of two ways.

After Gatys, Bethge, Hertzmann & Shechtman 2016, "Preserving Color in Neural Artistic Style
Transfer".
"""

from collections.abc import Sequence
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from ..networks._extractor import Image

Colours = Literal["style", "match", "luminance"]
"""The style's colours; the content's palette lent to the style before painting; or the content's
own colours, pixel by pixel, under the painting's light and shade."""

# NTSC: luma, then two axes of colour (FCC 1953); all three are linear in R, G and B
YIQ = torch.tensor(
    [[0.299, 0.587, 0.114], [0.5959, -0.2746, -0.3213], [0.2115, -0.5227, 0.3112]],
)
MIN_VARIANCE = 1e-5  # variance that even a picture of one colour is taken to have


def preprocess(
    content: Image, styles: Sequence[Tensor], start: Tensor | None, colours: Colours
) -> tuple[Image, list[Tensor], Tensor | None]:
    """Content, styles and the image to start from as the painter is to see them; `restored` undoes
    it afterwards."""
    if colours == "match":
        return content, [match_color_statistics(style, content) for style in styles], start
    if colours == "luminance":
        grey = luminance(content)
        lent = [_match_luminance(luminance(style), grey) for style in styles]
        begun = None if start is None else _in_grey(luminance(start))
        return _in_grey(grey), [_in_grey(style) for style in lent], begun
    return content, list(styles), start


def postprocess(painted: Image, content: Image, colours: Colours) -> Image:
    """A painting with the content's colours, where they were asked to be its own."""
    if colours != "luminance":
        return painted
    matrix = YIQ.to(painted)
    whole = torch.einsum("ij,bjhw->bihw", matrix, content)
    whole = torch.cat([luminance(painted), whole[:, 1:]], 1)
    return torch.einsum("ij,bjhw->bihw", torch.linalg.inv(matrix), whole).clamp(0, 1)


def match_color_statistics(style: Image, content: Tensor) -> Image:
    """The style recoloured: mean and covariance of its colours are then those of the content.

    The mapping is linear and symmetric, Σc^½ · Σs^−½, so no hue is turned more than it must be."""
    means, roots = [], []
    for picture, power in ((style, -0.5), (content, 0.5)):
        colours = picture[0].flatten(1).double()
        means.append(colours.mean(1, keepdim=True))
        spread = torch.cov(colours) if colours.shape[1] > 1 else torch.zeros(3, 3).to(colours)
        values, vectors = torch.linalg.eigh(spread)
        roots.append(
            vectors @ torch.diag((values.clamp(min=0) + MIN_VARIANCE) ** power) @ vectors.T
        )
    moved = roots[1] @ roots[0] @ (style[0].flatten(1).double() - means[0]) + means[1]
    return moved.clamp(0, 1).view(style.shape).to(style.dtype)


def luminance(picture: Image) -> Float[Tensor, "1 1 height width"]:
    """How bright each pixel is, 0 … 1."""
    return torch.einsum("j,bjhw->bhw", YIQ[0].to(picture), picture)[:, None]


def _in_grey(light: Float[Tensor, "1 1 height width"]) -> Image:
    """A luminance in all three colours."""
    return light.expand(-1, 3, -1, -1).contiguous()


def _match_luminance(
    style: Float[Tensor, "1 1 height width"], content: Tensor
) -> Float[Tensor, "1 1 height width"]:
    """The style's luminance with the mean and the spread of the content's: a dark style would
    else darken what it paints."""
    spread = style.std(unbiased=False).clamp(min=MIN_VARIANCE)
    scaled = (style - style.mean()) * (content.std(unbiased=False) / spread) + content.mean()
    return scaled.clamp(0, 1)
