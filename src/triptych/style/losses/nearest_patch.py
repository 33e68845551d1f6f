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
        products = torch.cov(flat.T, correction=0)
        self.variance = float(products.trace()) + MIN_VARIANCE
        axes = torch.linalg.eigh(products)[1][:, -PCA_DIMS:].T
        self.axes = axes.view(-1, 3, self.side, self.side) * root
        keys = flat @ axes.T
        # distances, but for the square of what is seen, as one product: of (seen, 1) and these
        self.lookup = torch.cat([-2 * keys, keys.square().sum(1, keepdim=True)], 1).T.contiguous()
        nearest = torch.full_like(flat[:, 0], torch.inf)
        for view in self.grid.offset_views(content):
            for seen in self._project(view).split(CHUNK):
                apart = seen @ self.lookup + seen[:, :-1].square().sum(1, keepdim=True)
                nearest = torch.minimum(nearest, apart.min(0).values)
        self.discounts = DISCOUNT_FRACTION * (nearest.max() - nearest)
        self.constants = (patches.square() * self.window).sum((1, 2, 3)) + self.discounts
        self.lookup[-1] += self.discounts
        self.lookup = F.pad(self.lookup, (0, -len(flat) % RUN_LENGTH))
        self.lookup[-1, len(flat) :] = torch.inf

    def nearest(self, view: Image) -> PatchIndices:
        """The index of the cheapest patch at each grid position of a `view` of an image, (rows,
        columns).

        Distances are compared along the principal components of the patches.
        """
        step = self.grid.step
        rows, columns = ((side - self.side) // step + 1 for side in view.shape[2:])
        # written over again and again: new memory would take longer than the product
        costs = self.lookup.new_empty(CHUNK, self.lookup.shape[1])
        found = [
            argmin_rows(torch.mm(seen, self.lookup, out=costs[: len(seen)]))
            for seen in self._project(view).split(CHUNK)
        ]
        return torch.cat(found).view(rows, columns)

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
        for band, (some, mass) in enumerate(zip(indices.split(height), weights.split(height))):
            weighted = self.patches[some.flatten()] * self.window * mass.reshape(-1, 1, 1, 1)
            down, across = ((count - 1) * step + self.side for count in some.shape)
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
        seen = F.conv2d(view, self.axes, stride=self.grid.step)[0].flatten(1).T
        return F.pad(seen, (0, 1), value=1.0)


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
        cut = [
            sample_patches(style, patch, count, generator) for style, count in zip(styles, numbers)
        ]
        cut = [torch.cat(cut)] if regions is None else cut
        self.banks = [PatchBank(patches, content) for patches in cut]
        masses = torch.ones_like(content[0, :1]) if regions is None else regions
        height, width = (side - patch + 1 for side in content.shape[2:])
        middle, lattice = patch // 2, self.banks[0].grid
        inside = masses[:, middle : middle + height, middle : middle + width]
        whole = sum(float(mass.sum()) for mass in lattice.sample(inside))
        self.masses = [
            lattice.sample(mass / book.variance / max(whole, MIN_VARIANCE))
            for mass, book in zip(inside, self.banks)
        ]
        self.weight = torch.zeros_like(content[:, :1])
        for book, masses in zip(self.banks, self.masses):
            for view, mass in zip(lattice.offset_views(self.weight), masses):
                book.add_weights(mass, view)

    def distance(self, image: Image) -> Loss:
        """The mean of squared distances to the patches chosen, and of their discounts.

        Its gradient takes the choice as fixed, which is exact wherever there is a gradient.
        """
        goal, rest = torch.zeros_like(image), torch.zeros_like(image[0, 0, 0, 0])
        with torch.no_grad():
            for book, masses in zip(self.banks, self.masses):
                views = (book.grid.offset_views(maps) for maps in (image, goal))
                for mass, view, onto in zip(masses, *views):
                    chosen = book.nearest(view)
                    book.paste(chosen, mass, onto)
                    rest += (mass * book.constants[chosen]).sum()
            goal = goal / self.weight.clamp(min=torch.finfo(goal.dtype).tiny)
            rest -= (self.weight * goal.square()).sum()
        return (self.weight * (image - goal).square()).sum() + rest


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
