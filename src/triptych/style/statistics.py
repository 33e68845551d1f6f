"""What a layer's activations are like, wherever they are: sums that add up over parts of a picture,
and how far two of them are apart.

Both distances are relative: 1 is about as far as a picture without any activations.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

from .costs import Activations, Cost, gram_cost

Square = Float[Tensor, "channels channels"]
Kind = Literal["gram", "wasserstein"]
DARK = 1e-6  # mean square of activations (or of Gram matrices) below which a layer is dark
FLAT = 1e-3  # share of the mean variance below which roots are smoothed: few places leave none


@dataclass(frozen=True, eq=False)
class Moments:
    """Sums over places: of the weights, of activations, and of their products by two channels.

    Those of tiles add up to those of the whole picture."""

    mass: Cost
    sums: Float[Tensor, " channels"]
    products: Square

    def double(self) -> "Moments":
        """The same in double precision: what is told from small differences needs it."""
        return Moments(self.mass.double(), self.sums.double(), self.products.double())

    def __add__(self, other: "Moments") -> "Moments":
        return Moments(
            self.mass + other.mass, self.sums + other.sums, self.products + other.products
        )

    @property
    def gram(self) -> Square:
        """The Gram matrix, as `costs.gram_matrix` defines it."""
        return self.products / self.mass

    @property
    def mean(self) -> Float[Tensor, " channels"]:
        return self.sums / self.mass

    @property
    def covariance(self) -> Square:
        return self.gram - torch.outer(self.mean, self.mean)


def moments(features: Activations, weights: Float[Tensor, "height width"] | None = None) -> Moments:
    """The moments of a layer; weights, where given, say how much each place counts."""
    # places by channels: a view of the memory in either layout
    across = features.is_contiguous(memory_format=torch.channels_last)
    rows = features[0].movedim(0, 2).flatten(0, 1) if across else features[0].flatten(1).T
    if weights is None:
        return Moments(rows.new_tensor(float(len(rows))), rows.sum(0), rows.T @ rows)
    weighted = rows * weights.reshape(-1, 1)
    return Moments(weights.sum(), weighted.sum(0), weighted.T @ rows)


@runtime_checkable
class Aim(Protocol):
    """The statistics of a style in one layer, and how far a picture's are from them."""

    def distance(self, found: Moments) -> Cost: ...


class Gram:
    """Gram matrices: Σ (G − A)² / Σ A², the style cost of one layer (Gatys et al. 2015) divided
    by that of a picture without activations."""

    def __init__(self, style: Moments):
        self.gram = style.gram
        self.nothing = gram_cost(torch.zeros_like(self.gram), self.gram).clamp(min=DARK)

    def distance(self, found: Moments) -> Cost:
        return gram_cost(found.gram, self.gram) / self.nothing


class Wasserstein:
    """Means and covariances: the squared 2-Wasserstein distance of two normal distributions,
    |m − n|² + tr(C + D − 2 (D^½ C D^½)^½), divided by |n|² + tr D.

    After Kolkin & Shakhnarovich's and Mroueh's use of it for style ("Wasserstein style transfer",
    2019). The slope of the last term is that of Bures' metric (Bhatia, Jain & Lim 2019).
    """

    def __init__(self, style: Moments):
        style = style.double()
        self.mean, covariance = style.mean, style.covariance
        self.nothing = style.gram.trace().clamp(min=DARK)
        self.floor = FLAT * float(self.nothing) / len(self.mean)
        values, vectors = torch.linalg.eigh(covariance)
        self.root = (vectors * values.clamp(min=0).sqrt()) @ vectors.T
        # tr D, but for the floor, so that a style is no way from itself
        self.trace = 2 * self._shared(covariance) - covariance.trace()

    def distance(self, found: Moments) -> Cost:
        exact = found.double()
        covariance = exact.covariance
        apart = (exact.mean - self.mean).square().sum()
        bures = covariance.trace() + self.trace - 2 * self._shared(covariance)
        return ((apart + bures) / self.nothing).to(found.products)

    def _shared(self, covariance: Square) -> Cost:
        """tr (D^½ C D^½)^½."""
        fidelity: Any = RootTrace.apply(self.root @ covariance @ self.root, self.floor**2)
        return fidelity


class RootTrace(torch.autograd.Function):
    """The trace of a symmetric matrix's root, tr M^½ = Σ √λ, whose slope ½ M^-½ stays finite where
    eigenvalues meet or vanish: those of eigenvectors, which it does without, would not."""

    @staticmethod
    def forward(ctx: Any, matrix: Square, floor: float) -> Cost:
        values, vectors = torch.linalg.eigh((matrix + matrix.T) / 2)
        roots = (values.clamp(min=0) + floor).sqrt()
        ctx.save_for_backward((vectors / roots) @ vectors.T / 2)
        return roots.sum()

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> tuple[Tensor, None]:
        (slope,) = ctx.saved_tensors
        return gradients[0] * slope, None


STATISTICS: Mapping[str, type[Gram] | type[Wasserstein]] = {
    "gram": Gram,
    "wasserstein": Wasserstein,
}
