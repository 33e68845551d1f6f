"""The colors of a painting: the style's, or the content's in one of two ways.

After Gatys, Bethge, Hertzmann & Shechtman 2016, "Preserving Color in Neural Artistic Style
Transfer".
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from ..config import ColorMode
from ..networks._extractor import Image

# NTSC: luma, then two axes of colour (FCC 1953); all three are linear in R, G and B
YIQ = torch.tensor(
    [[0.299, 0.587, 0.114], [0.5959, -0.2746, -0.3213], [0.2115, -0.5227, 0.3112]],
)
MIN_VARIANCE = 1e-5  # variance that even a picture of one colour is taken to have


def preprocess(
    content: Image, styles: Sequence[Tensor], start: Tensor | None, colors: ColorMode
) -> tuple[Image, list[Tensor], Tensor | None]:
    """Content, styles and start as they are to be optimized; `postprocess` undoes it afterwards.

    Parameters:
        content: (1, 3, height, width), 0 … 1.
        styles: images of any size.
        start: the image to begin from, if there is one.
        colors: "style", "match" or "luminance".
    """
    if colors == "match":
        return content, [match_color_statistics(style, content) for style in styles], start
    if colors == "luminance":
        grey = luminance(content)
        lent = [_match_luminance(luminance(style), grey) for style in styles]
        grey_start = None if start is None else _to_grey(luminance(start))
        return _to_grey(grey), [_to_grey(style) for style in lent], grey_start
    return content, list(styles), start


def postprocess(image: Image, content: Image, colors: ColorMode) -> Image:
    """A painting with the content's colors, where `colors` is "luminance".

    Parameters:
        image: what was painted, (1, 3, height, width).
        content: in color, of the same size.
        colors: as given to `preprocess`.
    """
    if colors != "luminance":
        return image
    matrix = YIQ.to(image)
    whole = torch.einsum("ij,bjhw->bihw", matrix, content)
    whole = torch.cat([luminance(image), whole[:, 1:]], 1)
    return torch.einsum("ij,bjhw->bihw", torch.linalg.inv(matrix), whole).clamp(0, 1)


def match_color_statistics(style: Image, content: Tensor) -> Image:
    """The style recolored: mean and covariance of its colors are then those of the content.

    The mapping is linear and symmetric, Σc^½ · Σs^−½, so no hue is turned more than it must be.

    Parameters:
        style: the image to be recolored, (1, 3, height, width).
        content: the image with the colors, of any size.
    """
    means, roots = [], []
    for picture, power in ((style, -0.5), (content, 0.5)):
        pixels = picture[0].flatten(1).double()
        means.append(pixels.mean(1, keepdim=True))
        spread = torch.cov(pixels) if pixels.shape[1] > 1 else torch.zeros(3, 3).to(pixels)
        values, vectors = torch.linalg.eigh(spread)
        roots.append(
            vectors @ torch.diag((values.clamp(min=0) + MIN_VARIANCE) ** power) @ vectors.T
        )
    moved = roots[1] @ roots[0] @ (style[0].flatten(1).double() - means[0]) + means[1]
    return moved.clamp(0, 1).view(style.shape).to(style.dtype)


def luminance(image: Image) -> Float[Tensor, "1 1 height width"]:
    """The luminance of each pixel, 0 … 1."""
    return torch.einsum("j,bjhw->bhw", YIQ[0].to(image), image)[:, None]


def _to_grey(light: Float[Tensor, "1 1 height width"]) -> Image:
    """A luminance in all three channels."""
    return light.expand(-1, 3, -1, -1).contiguous()


def _match_luminance(
    style: Float[Tensor, "1 1 height width"], content: Tensor
) -> Float[Tensor, "1 1 height width"]:
    """The style's luminance with the mean and the spread of the content's: a dark style would
    else darken what it paints."""
    spread = style.std(unbiased=False).clamp(min=MIN_VARIANCE)
    scaled = (style - style.mean()) * (content.std(unbiased=False) / spread) + content.mean()
    return scaled.clamp(0, 1)
