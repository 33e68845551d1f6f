"""The losses of neural style transfer, each one formula.

After Gatys, Ecker & Bethge, "A neural algorithm of artistic style" (2015). F are a layer's
activations of the image that is optimized, with C channels at h · w positions; P those of the
content and S those of the style. A transfer uses the losses relative to what they would be for an
image without any activations, so that no layer, size or network weighs more than another: see
`objectives.feature_objective`.
"""

from collections.abc import Mapping

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from ..networks._extractor import Images

Activations = Float[Tensor, "1 channels height width"]
ChannelMatrix = Float[Tensor, "*batch channels channels"]
Loss = Float[Tensor, ""]

TV_EPSILON = 0.02  # ε of total variation: a step this small is hardly seen
TV_QUADRATIC = 4.0  # κ of total variation: by eye, edges then take about two pixels


def content_loss(
    features: Float[Tensor, "batch channels height width"],
    content: Float[Tensor, "batch channels height width"],
) -> Loss:
    """The distance of the image's activations F from the content's P, position by position.

    J_content = 1 / (C·h·w) · Σ (F − P)², of a batch the mean. The paper has ½ Σ (F − P)², which
    grows with the size.

    Parameters:
        features: activations of the image, (B, C, h, w).
        content: those of the content, of the same shape.
    """
    return (features - content).square().mean()


def gram_matrix(
    features: Activations, weights: Float[Tensor, "height width"] | None = None
) -> Float[Tensor, "channels channels"]:
    """Which channels are active together, wherever that is.

    G_ij = Σ_k m_k F_ik F_jk / Σ_k m_k over all positions k; without weights m this is F Fᵀ / (h·w).
    The paper does not divide here but in the loss; the loss is the same.

    Parameters:
        features: activations of one image, (1, C, h, w).
        weights: of the positions, (h, w); None where all count alike.

    Returns (C, C).
    """
    flat = features[0].flatten(1)
    if weights is None:
        return flat @ flat.T / flat.shape[1]
    flat_weights = weights.flatten()
    return (flat * flat_weights) @ flat.T / flat_weights.sum()


def gram_loss(
    gram: ChannelMatrix, style: Float[Tensor, "channels channels"]
) -> Float[Tensor, "*batch"]:
    """The distance of a Gram matrix G from the style's A: E = 1 / (4 C²) · Σ_ij (G_ij − A_ij)².

    Parameters:
        gram: of one image or of several, (…, C, C).
        style: of the style, (C, C).
    """
    return (gram - style).square().mean((-2, -1)) / 4


def layer_style_loss(
    features: Activations, style: Float[Tensor, "1 channels style_height style_width"]
) -> Loss:
    """The distance of the Gram matrices G of the image and A of the style in one layer.

    E = 1 / (4 C²) · Σ_ij (G_ij − A_ij)², the paper's E_l. The two may differ in size.

    Parameters:
        features: activations of the image, (1, C, h, w).
        style: those of the style, (1, C, style_h, style_w).
    """
    return gram_loss(gram_matrix(features), gram_matrix(style))


def style_loss(
    features: Mapping[str, Tensor], styles: Mapping[str, Tensor], weights: Mapping[str, float]
) -> Loss:
    """The style loss of several layers: J_style = Σ_l w_l E_l.

    Parameters:
        features: activations of the image by layer, each (1, C, h, w).
        styles: those of the style, by the same names.
        weights: w_l, of the layers that count.
    """
    losses = [
        share * layer_style_loss(features[layer], styles[layer]) for layer, share in weights.items()
    ]
    return sum(losses[1:], start=losses[0])


def total_variation(images: Images, stretch: float = 1.0) -> Loss:
    """The mean difference of neighbors: V = mean_rc √(g_rc + ε²) − ε + κ·g_rc, where g_rc = s² Σ
    (x_{r+1,c} − x_rc)² + (x_{r,c+1} − x_rc)² over colors; beyond the border there is none.

    An image of s times the size has gradients 1/s as steep; with the stretch s its loss is the
    same. Of a batch it is the mean. The root is that of Rudin, Osher & Fatemi 1992, for colors as
    Blomgren & Chan 1998: ripples vanish, and edges stay. Alone it leaves stairs of single pixels;
    the squares, after Mahendran & Vedaldi 2015, soften them. ε makes the gradient smooth.

    Parameters:
        images: 0 … 1, (B, 3, height, width).
        stretch: s.
    """
    down = F.pad(images.diff(dim=2), (0, 0, 0, 1))
    across = F.pad(images.diff(dim=3), (0, 1, 0, 0))
    squares = (down.square() + across.square()).sum(1)
    squares = squares * stretch**2
    return ((squares + TV_EPSILON**2).sqrt() - TV_EPSILON + TV_QUADRATIC * squares).mean()


def total_loss(
    content: Loss,
    style: Loss,
    variation: Loss | float = 0.0,
    *,
    alpha: float = 1.0,
    beta: float = 1.0,
    gamma: float = 0.0,
) -> Loss:
    """The total J = α · J_content + β · J_style + γ · V, which the image is optimized for.

    Parameters:
        content: J_content.
        style: J_style.
        variation: V.
        alpha, beta, gamma: the weights of the three.
    """
    return alpha * content + beta * style + gamma * variation
