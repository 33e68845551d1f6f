"""The costs of neural style transfer, each one formula.

After Gatys, Ecker & Bethge, "A neural algorithm of artistic style" (2015). F is a layer's
activations of the picture that is painted, with C channels at h · w places; P those of the content
and S those of the style. A painting uses them relative to what they would be for a picture without
any activations, so that no layer, size or network weighs more than another: see `features`.
"""

from collections.abc import Mapping

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from ..networks._extractor import Images

Activations = Float[Tensor, "1 channels height width"]
ChannelMatrix = Float[Tensor, "*batch channels channels"]
Cost = Float[Tensor, ""]

TV_EPSILON = 0.02  # ε of total variation: a step this small is hardly seen
TV_QUADRATIC = 4.0  # κ of total variation: by eye, edges then take about two pixels


def content_loss(
    features: Float[Tensor, "batch channels height width"],
    content: Float[Tensor, "batch channels height width"],
) -> Cost:
    """How far the picture's activations F are from the content's P, place by place.

    J_content = 1 / (C·h·w) · Σ (F − P)², of a batch the mean. The paper has ½ Σ (F − P)², which
    grows with the size."""
    return (features - content).square().mean()


def gram_matrix(
    features: Activations, weights: Float[Tensor, "height width"] | None = None
) -> Float[Tensor, "channels channels"]:
    """Which channels are active together, wherever that is.

    G_ij = Σ_k m_k F_ik F_jk / Σ_k m_k over all places k; without weights m this is F Fᵀ / (h·w).
    The paper does not divide here but in the cost; the cost is the same.
    """
    flat = features[0].flatten(1)
    if weights is None:
        return flat @ flat.T / flat.shape[1]
    mass = weights.flatten()
    return (flat * mass) @ flat.T / mass.sum()


def gram_loss(
    gram: ChannelMatrix, style: Float[Tensor, "channels channels"]
) -> Float[Tensor, "*batch"]:
    """How far a Gram matrix G is from the style's A: E = 1 / (4 C²) · Σ_ij (G_ij − A_ij)²."""
    return (gram - style).square().mean((-2, -1)) / 4


def layer_style_loss(
    features: Activations, style: Float[Tensor, "1 channels style_height style_width"]
) -> Cost:
    """How far apart the Gram matrices G of the picture and A of the style are in one layer.

    E = 1 / (4 C²) · Σ_ij (G_ij − A_ij)², the paper's E_l. The two may differ in size.
    """
    return gram_loss(gram_matrix(features), gram_matrix(style))


def style_loss(
    features: Mapping[str, Tensor], styles: Mapping[str, Tensor], weights: Mapping[str, float]
) -> Cost:
    """The style cost of several layers: J_style = Σ_l w_l E_l over the layers weighted."""
    costs = [
        share * layer_style_loss(features[layer], styles[layer]) for layer, share in weights.items()
    ]
    return sum(costs[1:], start=costs[0])


def total_variation(pictures: Images, stretch: float = 1.0) -> Cost:
    """How much neighbours differ: V = mean_rc √(g_rc + ε²) − ε + κ·g_rc, where
    g_rc = s² Σ (x_{r+1,c} − x_rc)² + (x_{r,c+1} − x_rc)² over colours; beyond the border is none.
    A picture of s times the size has slopes 1/s as steep; with the stretch s it costs the same.
    Of a batch it is the mean.

    The root is that of Rudin, Osher & Fatemi 1992, for colours as Blomgren & Chan 1998: ripples
    vanish, and edges stay. Alone it leaves stairs of single pixels; the squares, after Mahendran &
    Vedaldi 2015, soften them. ε makes the slope smooth."""
    down = F.pad(pictures.diff(dim=2), (0, 0, 0, 1))
    across = F.pad(pictures.diff(dim=3), (0, 1, 0, 0))
    squares = (down.square() + across.square()).sum(1)
    squares = squares * stretch**2
    return ((squares + TV_EPSILON**2).sqrt() - TV_EPSILON + TV_QUADRATIC * squares).mean()


def total_loss(
    content: Cost,
    style: Cost,
    variation: Cost | float = 0.0,
    *,
    alpha: float = 1.0,
    beta: float = 1.0,
    gamma: float = 0.0,
) -> Cost:
    """J = α · J_content + β · J_style + γ · V, all that a picture is judged by."""
    return alpha * content + beta * style + gamma * variation
