"""Statistics of a layer's activations, wherever they are: sums that add up over tiles, and
distances.

Both distances are relative: 1 is about as far as an image without any activations. Those of a batch
are given for each of its images.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

from .gatys import ChannelMatrix, gram_loss

Maps = Float[Tensor, "*batch channels height width"]
Losses = Float[Tensor, "*batch"]
MIN_ENERGY = 1e-6  # mean square of activations (or of Gram matrices) below which a layer is dark
EIGENVALUE_FLOOR = (
    1e-3  # share of the mean variance below which roots are smoothed: few places leave none
)


@dataclass(frozen=True, eq=False)
class Moments:
    """Sums over the positions of a layer; those of tiles add up to those of the whole image.

    Parameters:
        weight: sum of the weights of the positions.
        sums: of the activations, (…, C).
        products: of the activations of two channels, (…, C, C).
    """

    weight: Float[Tensor, ""]
    sums: Float[Tensor, "*batch channels"]
    products: ChannelMatrix

    def double(self) -> "Moments":
        """The same in double precision: small differences need it."""
        return Moments(self.weight.double(), self.sums.double(), self.products.double())

    def __add__(self, other: "Moments") -> "Moments":
        return Moments(
            self.weight + other.weight, self.sums + other.sums, self.products + other.products
        )

    @property
    def gram(self) -> ChannelMatrix:
        """The Gram matrix, as `gatys.gram_matrix` defines it."""
        return self.products / self.weight

    @property
    def mean(self) -> Float[Tensor, "*batch channels"]:
        return self.sums / self.weight

    @property
    def covariance(self) -> ChannelMatrix:
        return self.gram - self.mean[..., :, None] * self.mean[..., None, :]


def moments(maps: Maps, weights: Float[Tensor, "height width"] | None = None) -> Moments:
    """The moments of a layer.

    Parameters:
        maps: activations (…, C, height, width).
        weights: how much each position counts, (height, width); None where all count 1.
    """
    # places by channels: a view of the memory in either layout
    across = maps.stride(-3) == 1
    rows = maps.movedim(-3, -1).flatten(-3, -2) if across else maps.flatten(-2).mT
    if weights is None:
        return Moments(rows.new_tensor(float(rows.shape[-2])), rows.sum(-2), rows.mT @ rows)
    weighted = rows * weights.reshape(-1, 1)
    return Moments(weights.sum(), weighted.sum(-2), weighted.mT @ rows)


@runtime_checkable
class StyleTarget(Protocol):
    """The statistics of a style in one layer."""

    def distance(self, moments: Moments) -> Losses:
        """The relative distance of an image's moments from those of the style."""
        ...


class GramTarget:
    """Gram matrices: Σ (G − A)² / Σ A², the style loss of one layer (Gatys et al. 2015) divided by
    that of an image without activations.

    Parameters:
        style: moments of the style in this layer.
    """

    def __init__(self, style: Moments):
        self.gram = style.gram
        self.scale = gram_loss(torch.zeros_like(self.gram), self.gram).clamp(min=MIN_ENERGY)

    def distance(self, moments: Moments) -> Losses:
        """Σ (G − A)² / Σ A² for each image whose moments these are."""
        return gram_loss(moments.gram, self.gram) / self.scale


class WassersteinTarget:
    """Means and covariances: the squared 2-Wasserstein distance of two normal distributions, |m −
    n|² + tr(C + D − 2 (D^½ C D^½)^½), divided by |n|² + tr D.

    After Kolkin & Shakhnarovich's and Mroueh's use of it for style ("Wasserstein style transfer",
    2019). The gradient of the last term is that of Bures' metric (Bhatia, Jain & Lim 2019).

    Parameters:
        style: moments of the style in this layer.
    """

    def __init__(self, style: Moments):
        style = style.double()
        self.mean, covariance = style.mean, style.covariance
        self.scale = trace(style.gram).clamp(min=MIN_ENERGY)
        self.floor = EIGENVALUE_FLOOR * float(self.scale) / len(self.mean)
        values, vectors = torch.linalg.eigh(covariance)
        self.root = (vectors * values.clamp(min=0).sqrt()) @ vectors.T
        # tr D, but for the floor, so that a style is no way from itself
        self.trace = 2 * self._fidelity(covariance) - trace(covariance)

    def distance(self, moments: Moments) -> Losses:
        """The relative squared distance for each image whose moments these are."""
        exact = moments.double()
        covariance = exact.covariance
        mean_distance = (exact.mean - self.mean).square().sum(-1)
        bures = trace(covariance) + self.trace - 2 * self._fidelity(covariance)
        return ((mean_distance + bures) / self.scale).to(moments.products)

    def _fidelity(self, covariance: ChannelMatrix) -> Losses:
        """tr (D^½ C D^½)^½."""
        fidelity: Any = TraceSqrt.apply(self.root @ covariance @ self.root, self.floor**2)
        return fidelity


class TraceSqrt(torch.autograd.Function):
    """The trace of a symmetric matrix's root, tr M^½ = Σ √λ, with a gradient that is always finite.

    The gradient ½ M^-½ stays finite where eigenvalues meet or vanish; that of eigenvectors, which
    is not used, would not. A matrix that is not finite has the trace nan.
    """

    @staticmethod
    def forward(ctx: Any, matrix: ChannelMatrix, floor: float) -> Losses:
        if not matrix.isfinite().all():  # which eigh would raise for
            ctx.save_for_backward(torch.full_like(matrix, torch.nan))
            return torch.full_like(matrix[..., 0, 0], torch.nan)
        values, vectors = torch.linalg.eigh((matrix + matrix.mT) / 2)
        roots = (values.clamp(min=0) + floor).sqrt()
        ctx.save_for_backward((vectors / roots[..., None, :]) @ vectors.mT / 2)
        return roots.sum(-1)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> tuple[Tensor, None]:
        (slope,) = ctx.saved_tensors
        return gradients[0][..., None, None] * slope, None


def trace(matrix: ChannelMatrix) -> Losses:
    """The sum of a matrix's diagonal."""
    return matrix.diagonal(dim1=-2, dim2=-1).sum(-1)


STATISTICS: Mapping[str, type[GramTarget] | type[WassersteinTarget]] = {
    "gram": GramTarget,
    "wasserstein": WassersteinTarget,
}
