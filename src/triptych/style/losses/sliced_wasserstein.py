"""The sliced Wasserstein distance of the patches of two images at one size.

Patches are projected on random directions, and along each direction the optimal transport from one
set of numbers to another is known: in order, the smallest to the smallest (Rabin, Peyré, Delon &
Bernot 2011).
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64
from torch import Tensor

from ..networks._extractor import Image
from .gatys import Loss

NUM_PATCHES = 4096  # places a direction looks at: sorting more is slower, not better
MIN_WEIGHT = 1e-30  # weight below which a place has no share
STYLE_OVERSAMPLING = 8  # times as many are looked at in a style, once
NUM_QUANTILES = 4096  # quantiles a style is kept as, along each direction
DIRECTIONS_PER_GROUP = 32  # directions that look at the same places; other groups look between them
FLAT_FRACTION = (
    0.005  # share of the mean spread, below which a direction counts less: there it is flat
)
MIN_VARIANCE = 1e-5  # the same, of the range of colours

Filters = Float[Tensor, "directions 3 patch patch"]
Values = Float[Tensor, "directions places"]
Quantiles = Float[Tensor, "directions levels"]
Regions = Float[Tensor, "styles height width"]


class SlicedWasserstein:
    """The distribution of the styles' patches along directions, and the distance of an image's from
    it.

    A distance of 0 is an image made of the same patches, 1 about one of a single color. Without
    regions the target is the barycenter of the styles.

    Parameters:
        styles: images of any size.
        style_weights: one for each style; they sum to 1.
        filters: the directions, (D, 3, patch, patch), each of length 1.
        size: height and width of the images to be compared.
        generator: draws the positions that are compared, all within the regions where there are
            any.
        regions: how much each style covers of each pixel, 0 … 1, (styles, height, width).
    """

    def __init__(
        self,
        styles: Sequence[Tensor],
        style_weights: Sequence[float],
        filters: Filters,
        size: tuple[int, int],
        generator: torch.Generator,
        regions: Regions | None = None,
    ):
        self.filters, self.style_weights = filters.split(DIRECTIONS_PER_GROUP), tuple(style_weights)
        middle, device = filters.shape[2] // 2, filters.device
        height, width = (side - filters.shape[2] + 1 for side in size)
        open_to = torch.arange(height * width)
        self.region_weights = None
        if regions is not None:
            inside = regions[:, middle : middle + height, middle : middle + width].flatten(1)
            self.region_weights = inside
            open_to = inside.sum(0).nonzero().flatten().cpu() if inside.any() else open_to
        drawn = [sample_positions(len(open_to), NUM_PATCHES, generator) for _ in self.filters]
        self.positions = [open_to[some].to(device) for some in drawn]
        style_quantiles = torch.stack(
            [_style_quantiles(style, self.filters, generator) for style in styles]
        )
        mixed = torch.einsum(
            "s,sdl->dl", style_quantiles.new_tensor(self.style_weights), style_quantiles
        )
        self.targets = (mixed[None] if regions is None else style_quantiles).split(
            DIRECTIONS_PER_GROUP, dim=1
        )
        spread = mixed.var(1, unbiased=False)
        self.variances = (spread + FLAT_FRACTION * spread.mean() + MIN_VARIANCE).split(
            DIRECTIONS_PER_GROUP
        )

    def distance(self, image: Image) -> Loss:
        """The mean over directions of squared differences, in units of the target's variance."""
        distances = []
        for filters, positions, targets, spread in zip(
            self.filters, self.positions, self.targets, self.variances
        ):
            values = project_patches(image, filters, positions)
            distances.append(self._distances(values, targets, positions) / spread)
        return torch.cat(distances).mean()

    def _distances(
        self,
        values: Values,
        targets: Float[Tensor, "styles directions levels"],
        positions: Int64[Tensor, " sample_positions"],
    ) -> Float[Tensor, " directions"]:
        if self.region_weights is None:
            return wasserstein_1d(values, targets[0])
        position_weights = list(self.region_weights[:, positions])
        areas = [
            share * float(one_weights.sum())
            for share, one_weights in zip(self.style_weights, position_weights)
        ]
        distances = [
            area / sum(areas) * wasserstein_1d(values, one_target, one_weights)
            for one_target, one_weights, area in zip(targets, position_weights, areas)
            if area > 0
        ]
        return sum(distances, start=torch.zeros_like(values[:, 0]))


def project_patches(
    image: Image, filters: Filters, positions: Int64[Tensor, " sample_positions"]
) -> Values:
    """The patches at some positions along directions: as a convolution would, but only there.

    Parameters:
        image: (1, 3, height, width).
        filters: the directions, (D, 3, patch, patch).
        positions: flat indices into the (height − patch + 1) × (width − patch + 1) patches.

    Returns (directions, positions).
    """
    height, width = image.shape[2:]
    side = filters.shape[2]
    across = width - side + 1
    corners = positions // across * width + positions % across
    planes, steps = (torch.arange(count, device=image.device) for count in (3, side))
    within = (planes[:, None, None] * height + steps[:, None]) * width + steps
    taken = corners[:, None] + within.flatten()
    # slopes of pixels that several patches share are added in order: plain indexing would not
    patches = image.flatten().index_select(0, taken.flatten()).view_as(taken)
    return filters.flatten(1) @ patches.T


def wasserstein_1d(
    values: Values,
    target: Quantiles,
    position_weights: Float[Tensor, " sample_positions"] | None = None,
) -> Float[Tensor, " directions"]:
    """The squared 2-Wasserstein distance W₂² = ∫ (F⁻¹(q) − G⁻¹(q))² dq along each direction.

    Its gradient takes the transport as fixed, which is exact wherever there is a gradient.

    Parameters:
        values: (directions, positions).
        target: quantiles (directions, levels), which weigh alike.
        position_weights: of the values, (positions,); None where they weigh alike.
    """
    ordered, order = values.sort(1)
    if position_weights is None:
        weights = torch.full_like(ordered[:1], 1 / ordered.shape[1])
    else:
        weights = (position_weights / position_weights.sum())[order]
    goal = quantile_means(target, weights)
    beyond = target.square().mean(1) - (weights * goal.square()).sum(1)  # each value has one goal
    return (weights * (ordered - goal).square()).sum(1) + beyond


def quantiles(values: Values, count: int) -> Float[Tensor, "directions count"]:
    """Values as quantiles that weigh alike, (directions, count): each the mean of its share.

    Parameters:
        values: (directions, positions).
        count: how many quantiles.
    """
    return quantile_means(values.sort(1).values, values.new_full((1, count), 1 / count))


def quantile_means(target: Quantiles, weights: Float[Tensor, "#directions places"]) -> Values:
    """The means of consecutive shares of a distribution, taken from its lower end.

    Parameters:
        target: quantiles in order, (directions, levels), which weigh alike.
        weights: of the shares, (directions or 1, shares); each row sums to 1.
    """
    count = target.shape[1]
    sums = F.pad(target.double().cumsum(1), (1, 0))
    ends = F.pad(weights.double().cumsum(1), (1, 0)) * count
    below = ends.floor().long().clamp(max=count - 1).expand(len(target), -1)
    reached = sums.gather(1, below)
    reached = torch.lerp(reached, sums.gather(1, below + 1), (ends - below).clamp(max=1))
    return (reached.diff(dim=1) / (weights.double() * count).clamp(min=MIN_WEIGHT)).to(target)


def sample_positions(
    count: int, max_count: int, generator: torch.Generator
) -> Int64[Tensor, " sample_positions"]:
    """All of 0 … count − 1, or some of them in order, drawn: in a grid they would leave one.

    Parameters:
        count: how many positions there are.
        max_count: how many are returned at most.
        generator: draws them.
    """
    if count <= max_count:
        return torch.arange(count)
    return torch.randperm(count, generator=generator)[:max_count].sort().values


def _style_quantiles(
    style: Tensor, filters: Sequence[Tensor], generator: torch.Generator
) -> Quantiles:
    """A style's quantiles along directions."""
    height, width = (side - filters[0].shape[2] + 1 for side in style.shape[2:])
    groups = []
    for group in filters:
        positions = sample_positions(
            height * width, STYLE_OVERSAMPLING * NUM_PATCHES, generator
        ).to(style.device)
        groups.append(quantiles(project_patches(style, group, positions), NUM_QUANTILES))
    return torch.cat(groups)
