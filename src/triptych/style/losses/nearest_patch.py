"""The distance of an image's patches to single patches of the style: this lays strokes down.

Sliced distances are met by blurred patches that no style has: they look right along every direction
alone. So each patch is drawn to the nearest of the style's as well (Kwatra, Essa, Bobick & Kwatra
2005, "Texture optimization for example-based synthesis"). Nearest alone would take the same few
flat ones everywhere. So those far from all of the content are cheaper by a part of that distance,
which is the first step towards optimal transport (Galerne, Leclaire & Rabin 2018, "A texture
synthesis model based on semi-discrete optimal transport in patch space"). Granot et al. 2022 (GPNN)
divide by that distance; as it is subtracted here, the loss is continuous.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64
from torch import Tensor

from ..networks._extractor import Image
from .gatys import Loss
from .skewed_grid import SkewedGrid
from .sliced_wasserstein import Regions, sample_positions

MAX_PATCHES = 4096  # patches of styles to choose from: more are less alike, and take longer
PCA_DIMS = 32  # along which patches are compared: those in which they vary most
CHUNK = 512  # places that choose at a time
RUN_LENGTH = 64  # patches whose lowest cost is looked for first
DISCOUNT_FRACTION = (
    0.7  # part of the distance from the content; with more, flat parts get too many strokes
)
WINDOW_FALLOFF = 2.0  # how much less the rim of a patch weighs than its middle: else a grid shows
MIN_VARIANCE = 1e-4  # variance that even a picture of one colour is taken to have

Patches = Float[Tensor, "patches 3 side side"]
Weights = Float[Tensor, "1 1 height width"]
PatchIndices = Int64[Tensor, "rows columns"]


class PatchBank:
    """Patches of a style to choose from, and what each costs beside its distance.

    `discounts` (N,) are added to the squared distance to each patch; `constants` (N,) are the part
    of the distance that does not depend on the image: the patch's weighted square and its discount.

    Parameters:
        patches: (N, 3, side, side), 0 … 1.
        content: in the colors of the style; patches far from all of it are cheaper.
    """

    def __init__(self, patches: Patches, content: Image):
        self.side = patches.shape[2]
        self.grid = SkewedGrid(self.side)
        self.window = gaussian_window(self.side).to(patches)
        self.patches = patches
        root = self.window.sqrt()
        flat = (patches * root).flatten(1)
        covariance = torch.cov(flat.T, correction=0)
        self.variance = float(covariance.trace()) + MIN_VARIANCE
        axes = torch.linalg.eigh(covariance)[1][:, -PCA_DIMS:].T
        self.axes = axes.view(-1, 3, self.side, self.side) * root
        keys = flat @ axes.T
        # |q − k|² = |q|² + (q, 1) · (−2k, |k|²): all but |q|² is one product with this table
        lookup = torch.cat([-2 * keys, keys.square().sum(1, keepdim=True)], 1).T.contiguous()
        self.discounts = self._discounts(lookup, content)
        self.constants = (patches.square() * self.window).sum((1, 2, 3)) + self.discounts
        lookup[-1] += self.discounts
        self.lookup = F.pad(lookup, (0, -len(flat) % RUN_LENGTH))
        self.lookup[-1, len(flat) :] = torch.inf  # columns of padding are never lowest

    def _discounts(
        self, lookup: Float[Tensor, "components patches"], content: Image
    ) -> Float[Tensor, " patches"]:
        """What is added for patches near the content: less, the farther they are from all of it."""
        nearest = lookup.new_full((lookup.shape[1],), torch.inf)
        for view in self.grid.offset_views(content):
            for projected in self._project(view).split(CHUNK):
                squares = projected[:, :-1].square().sum(1, keepdim=True)
                distances = projected @ lookup + squares
                nearest = torch.minimum(nearest, distances.min(0).values)
        return DISCOUNT_FRACTION * (nearest.max() - nearest)

    def nearest(self, view: Image) -> PatchIndices:
        """The index of the cheapest patch at each grid position of a `view` of an image, (rows,
        columns).

        Distances are compared along the principal components of the patches.
        """
        step = self.grid.step
        rows, columns = ((side - self.side) // step + 1 for side in view.shape[2:])
        # written over again and again: new memory would take longer than the product
        buffer = self.lookup.new_empty(CHUNK, self.lookup.shape[1])
        indices = [
            argmin_rows(torch.mm(projected, self.lookup, out=buffer[: len(projected)]))
            for projected in self._project(view).split(CHUNK)
        ]
        return torch.cat(indices).view(rows, columns)

    def paste(
        self, indices: PatchIndices, weights: Float[Tensor, "rows columns"], canvas: Image
    ) -> None:
        """Add patches to a view of an image, each weighted by its position and by the window.

        Parameters:
            indices: of the patches, (rows, columns) of the grid.
            weights: of the positions, of the same shape.
            canvas: a view by `SkewedGrid.offset_views`, changed in place.
        """
        step, height = self.grid.step, max(1, CHUNK // indices.shape[1])
        for band, (rows, row_weights) in enumerate(
            zip(indices.split(height), weights.split(height))
        ):
            weighted = self.patches[rows.flatten()] * self.window * row_weights.reshape(-1, 1, 1, 1)
            down, across = ((count - 1) * step + self.side for count in rows.shape)
            flat = weighted.flatten(1).T[None]
            laid = F.fold(flat, (down, across), self.side, stride=step)
            top = band * height * step
            canvas[:, :, top : top + down, :across] += laid

    def add_weights(self, weights: Float[Tensor, "rows columns"], canvas: Weights) -> None:
        """Add what patches pasted with these weights weigh at each pixel.

        Parameters:
            weights: of the positions, (rows, columns) of the grid.
            canvas: (1, 1, height, width), a view by `SkewedGrid.offset_views`, changed in place.
        """
        step = self.grid.step
        laid = F.conv_transpose2d(weights[None, None], self.window[None, None], stride=step)
        canvas[:, :, : laid.shape[2], : laid.shape[3]] += laid

    def _project(self, view: Image) -> Float[Tensor, "places coordinates"]:
        """The patches of a view along the principal components, and a 1, (positions, components +
        1).
        """
        projected = F.conv2d(view, self.axes, stride=self.grid.step)[0].flatten(1).T
        return F.pad(projected, (0, 1), value=1.0)


class NearestPatchLoss:
    """The mean squared distance of an image's patches to the nearest of the styles'.

    1 is about as far as the patches of a style are from their mean. Without regions any patch may
    be chosen anywhere, and each style has its share of them.

    Parameters:
        styles: images of any size.
        style_weights: one for each style; they sum to 1.
        patch: side of a patch, in pixels.
        content: in the colors of the styles, and of the size of the images to be compared.
        generator: draws the patches where a style has more than are compared.
        regions: how much each style covers of each pixel, 0 … 1, (styles, height, width).
    """

    def __init__(
        self,
        styles: Sequence[Tensor],
        style_weights: Sequence[float],
        patch: int,
        content: Image,
        generator: torch.Generator,
        regions: Regions | None = None,
    ):
        numbers = [
            round(MAX_PATCHES * share) if regions is None else MAX_PATCHES
            for share in style_weights
        ]
        sampled = [
            sample_patches(style, patch, count, generator) for style, count in zip(styles, numbers)
        ]
        sampled = [torch.cat(sampled)] if regions is None else sampled
        self.banks = [PatchBank(patches, content) for patches in sampled]
        coverage = torch.ones_like(content[0, :1]) if regions is None else regions
        height, width = (side - patch + 1 for side in content.shape[2:])
        middle, self.grid = patch // 2, self.banks[0].grid
        centers = coverage[:, middle : middle + height, middle : middle + width]
        total = sum(float(weights.sum()) for weights in self.grid.sample(centers))
        # of each bank, by view: the weights of the positions
        self.weights = [
            self.grid.sample(weights / bank.variance / max(total, MIN_VARIANCE))
            for weights, bank in zip(centers, self.banks)
        ]
        self.pixel_weights = torch.zeros_like(content[:, :1])
        for bank, by_view in zip(self.banks, self.weights):
            for view, weights in zip(self.grid.offset_views(self.pixel_weights), by_view):
                bank.add_weights(weights, view)

    def distance(self, image: Image) -> Loss:
        """The mean of squared distances to the patches chosen, and of their discounts.

        Its gradient takes the choice as fixed, which is exact wherever there is a gradient.
        """
        target, constant = torch.zeros_like(image), torch.zeros_like(image[0, 0, 0, 0])
        with torch.no_grad():
            for bank, by_view in zip(self.banks, self.weights):
                views = (self.grid.offset_views(maps) for maps in (image, target))
                for weights, view, canvas in zip(by_view, *views):
                    indices = bank.nearest(view)
                    bank.paste(indices, weights, canvas)
                    constant += (weights * bank.constants[indices]).sum()
            target = target / self.pixel_weights.clamp(min=torch.finfo(target.dtype).tiny)
            constant -= (self.pixel_weights * target.square()).sum()
        return (self.pixel_weights * (image - target).square()).sum() + constant


def argmin_rows(distances: Float[Tensor, "places patches"]) -> Int64[Tensor, " sample_positions"]:
    """The column in which each row is lowest; in two rounds, as a minimum is found sooner than its
    index.

    Parameters:
        distances: (positions, patches), the number of patches a multiple of `RUN_LENGTH`.

    >>> argmin_rows(torch.tensor([[2.0, 1.0] * 32 + [2.0, 0.0] * 32]))
    tensor([65])
    """
    runs = distances.unflatten(1, (-1, RUN_LENGTH))
    best = runs.amin(2).argmin(1)
    inside = runs[torch.arange(len(runs), device=runs.device), best].argmin(1)
    return best * RUN_LENGTH + inside


def sample_patches(
    style: Tensor, patch: int, max_patches: int, generator: torch.Generator
) -> Patches:
    """Patches of a style, (N, 3, patch, patch): all of them, or as many as are wanted, drawn at
    random.

    Parameters:
        style: (1, 3, height, width).
        patch: side in pixels.
        max_patches: the most that are returned.
        generator: draws them.
    """
    whole = style[0].unfold(1, patch, 1).unfold(2, patch, 1)
    drawn = sample_positions(whole.shape[1] * whole.shape[2], max_patches, generator).to(
        style.device
    )
    across = whole.shape[2]
    return whole[:, drawn // across, drawn % across].movedim(1, 0).contiguous()


def gaussian_window(patch: int) -> Float[Tensor, "side side"]:
    """The weights of the pixels of a patch of side `patch`: less towards its border, 1 in sum."""
    fall = (-WINDOW_FALLOFF * torch.linspace(-1, 1, patch, dtype=torch.float64).square()).exp()
    whole = fall[:, None] * fall
    return whole / whole.sum()
