"""How alike the patches of two pictures are: their sliced Wasserstein distance at one size.

Patches are projected on random directions, and along each direction the optimal transport from
one set of numbers to another is known: in order, the smallest to the smallest (Rabin, Peyré,
Delon & Bernot 2011).
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64
from torch import Tensor

from ..networks._extractor import Image
from .gatys import Cost

NUM_PATCHES = 4096  # places a direction looks at: sorting more is slower, not better
TINY = 1e-30  # weight below which a place has no share
STYLE_OVERSAMPLING = 8  # times as many are looked at in a style, once
NUM_QUANTILES = 4096  # quantiles a style is kept as, along each direction
DIRECTIONS_PER_GROUP = 32  # directions that look at the same places; other groups look between them
FLAT = 0.005  # share of the mean spread, below which a direction counts less: there it is flat
DARK = 1e-5  # the same, of the range of colours

Filters = Float[Tensor, "directions 3 patch patch"]
Values = Float[Tensor, "directions places"]
Quantiles = Float[Tensor, "directions levels"]
Regions = Float[Tensor, "styles height width"]


class SlicedWasserstein:
    """The patches of styles along directions; tells how far those of a picture are from them.

    A distance of 0 is a picture made of the same patches, 1 about one all of a colour."""

    def __init__(
        self,
        styles: Sequence[Tensor],
        style_weights: Sequence[float],
        filters: Filters,
        size: tuple[int, int],
        chance: torch.Generator,
        regions: Regions | None = None,
    ):
        """Pictures will be of this size (height, width); chance says which of their places are
        looked at, all of them in the regions where there are some. Without regions the picture aims
        at the barycentre of the styles."""
        self.filters, self.style_weights = filters.split(DIRECTIONS_PER_GROUP), tuple(style_weights)
        middle, device = filters.shape[2] // 2, filters.device
        height, width = (side - filters.shape[2] + 1 for side in size)
        open_to = torch.arange(height * width)
        self.inside = None
        if regions is not None:
            inside = regions[:, middle : middle + height, middle : middle + width].flatten(1)
            self.inside = inside
            open_to = inside.sum(0).nonzero().flatten().cpu() if inside.any() else open_to
        drawn = [sample_positions(len(open_to), NUM_PATCHES, chance) for _ in self.filters]
        self.places = [open_to[some].to(device) for some in drawn]
        kept = torch.stack([_kept(style, self.filters, chance) for style in styles])
        mixed = torch.einsum("s,sdl->dl", kept.new_tensor(self.style_weights), kept)
        self.targets = (mixed[None] if regions is None else kept).split(DIRECTIONS_PER_GROUP, dim=1)
        spread = mixed.var(1, unbiased=False)
        self.variances = (spread + FLAT * spread.mean() + DARK).split(DIRECTIONS_PER_GROUP)

    def distance(self, picture: Image) -> Cost:
        """The mean over directions of squared differences to the aim, in units of its variance."""
        costs = []
        for filters, chosen, aims, spread in zip(
            self.filters, self.places, self.targets, self.variances
        ):
            values = project_patches(picture, filters, chosen)
            costs.append(self._apart(values, aims, chosen) / spread)
        return torch.cat(costs).mean()

    def _apart(
        self,
        values: Values,
        aims: Float[Tensor, "styles directions levels"],
        chosen: Int64[Tensor, " sample_positions"],
    ) -> Float[Tensor, " directions"]:
        if self.inside is None:
            return wasserstein_1d(values, aims[0])
        masses = list(self.inside[:, chosen])
        areas = [share * float(mass.sum()) for share, mass in zip(self.style_weights, masses)]
        costs = [
            area / sum(areas) * wasserstein_1d(values, aim, mass)
            for aim, mass, area in zip(aims, masses, areas)
            if area > 0
        ]
        return sum(costs, start=torch.zeros_like(values[:, 0]))


def project_patches(
    picture: Image, filters: Filters, chosen: Int64[Tensor, " sample_positions"]
) -> Values:
    """The patches at some places, along directions: as a convolution would, but only there."""
    height, width = picture.shape[2:]
    side = filters.shape[2]
    across = width - side + 1
    corners = chosen // across * width + chosen % across
    planes, steps = (torch.arange(count, device=picture.device) for count in (3, side))
    within = (planes[:, None, None] * height + steps[:, None]) * width + steps
    taken = corners[:, None] + within.flatten()
    # slopes of pixels that several patches share are added in order: plain indexing would not
    patches = picture.flatten().index_select(0, taken.flatten()).view_as(taken)
    return filters.flatten(1) @ patches.T


def wasserstein_1d(
    values: Values, aim: Quantiles, mass: Float[Tensor, " sample_positions"] | None = None
) -> Float[Tensor, " directions"]:
    """The squared 2-Wasserstein distance W₂² = ∫ (F⁻¹(q) − G⁻¹(q))² dq along each direction, from
    values, weighted where `mass` is given, to the quantiles of an aim, which weigh alike.

    Its slope takes the transport as fixed, which is exact wherever there is a slope."""
    ordered, order = values.sort(1)
    if mass is None:
        weights = torch.full_like(ordered[:1], 1 / ordered.shape[1])
    else:
        weights = (mass / mass.sum())[order]
    goal = quantile_means(aim, weights)
    beyond = aim.square().mean(1) - (weights * goal.square()).sum(1)  # each value has one goal
    return (weights * (ordered - goal).square()).sum(1) + beyond


def quantiles(values: Values, count: int) -> Float[Tensor, "directions count"]:
    """Values in order, as so many that weigh alike: each the mean of its share."""
    return quantile_means(values.sort(1).values, values.new_full((1, count), 1 / count))


def quantile_means(aim: Quantiles, weights: Float[Tensor, "#directions places"]) -> Values:
    """The means of shares of a distribution: shares of these weights, taken from its lower end."""
    count = aim.shape[1]
    sums = F.pad(aim.double().cumsum(1), (1, 0))
    ends = F.pad(weights.double().cumsum(1), (1, 0)) * count
    below = ends.floor().long().clamp(max=count - 1).expand(len(aim), -1)
    reached = sums.gather(1, below)
    reached = torch.lerp(reached, sums.gather(1, below + 1), (ends - below).clamp(max=1))
    return (reached.diff(dim=1) / (weights.double() * count).clamp(min=TINY)).to(aim)


def sample_positions(
    count: int, wanted: int, chance: torch.Generator
) -> Int64[Tensor, " sample_positions"]:
    """All of `count` places, or as many as are wanted, drawn: in a grid they would leave one."""
    if count <= wanted:
        return torch.arange(count)
    return torch.randperm(count, generator=chance)[:wanted].sort().values


def _kept(style: Tensor, filters: Sequence[Tensor], chance: torch.Generator) -> Quantiles:
    """A style's quantiles along directions."""
    height, width = (side - filters[0].shape[2] + 1 for side in style.shape[2:])
    found = []
    for group in filters:
        chosen = sample_positions(height * width, STYLE_OVERSAMPLING * NUM_PATCHES, chance).to(
            style.device
        )
        found.append(quantiles(project_patches(style, group, chosen), NUM_QUANTILES))
    return torch.cat(found)
