"""How far the patches of a picture are from single ones of the style: this lays strokes down.

Sliced distances are met by blurred patches that no style has: they look right along every
direction alone. So each patch is drawn to the nearest of the style's as well (Kwatra, Essa, Bobick
& Kwatra 2005, "Texture optimization for example-based synthesis"). Nearest alone would take the
same few flat ones everywhere. So those far from all of the content are cheaper by a part of that
distance, which is the first step towards optimal transport (Galerne, Leclaire & Rabin 2018, "A
texture synthesis model based on semi-discrete optimal transport in patch space"). Granot et al.
2022 (GPNN) divide by that distance; as it is taken off here, the cost is continuous.
"""

from collections.abc import Iterator, Sequence

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64
from torch import Tensor

from ..networks._extractor import Image
from .gatys import Cost
from .sliced_wasserstein import Regions, sample_positions

MAX_PATCHES = 4096  # patches of styles to choose from: more are less alike, and take longer
PCA_DIMS = 32  # along which patches are compared: those in which they vary most
AT_ONCE = 512  # places that choose at a time
RUN = 64  # patches whose lowest cost is looked for first
DISCOUNT = 0.7  # part of the distance from the content; with more, flat parts get too many strokes
FOCUS = 2.0  # how much less the rim of a patch weighs than its middle: else a grid shows
SLANT = 3  # of the grid, at most: of places further apart, too few see each pixel
LEAST = 1e-4  # variance that even a picture of one colour is taken to have

Patches = Float[Tensor, "patches 3 side side"]
Weights = Float[Tensor, "1 1 height width"]
Chosen = Int64[Tensor, "rows columns"]


class SkewedGrid:
    """One place in `step`, each row's a `slant` beside those of the row above.

    With places in rows and columns, all pixels of a column would meet the same columns of a patch,
    and stripes that it has of this width would grow. Here a² + 1 places, a being the slant, are
    taken in turn, so that they meet every row and every column alike.
    """

    def __init__(self, patch: int):
        """For patches of this side."""
        self.skew = min(SLANT, patch // 4)
        self.step = self.skew**2 + 1

    def offset_views(self, maps: Tensor) -> Iterator[Tensor]:
        """Maps (…, height, width) without their first rows and columns, so that every `step`-th
        row and column of each view are all places once, in the order of the views."""
        for row in range(self.step):
            yield maps[..., row:, row * self.skew % self.step :]

    def sample(self, maps: Tensor) -> list[Tensor]:
        """What maps are at the places, by view."""
        return [view[..., :: self.step, :: self.step] for view in self.offset_views(maps)]


class PatchBank:
    """Patches to choose from. `prices` are what each costs beside its distance, and `rests` what it
    costs beside what is seen: its square, and its price."""

    def __init__(self, patches: Patches, content: Image):
        """The content, in the colours of the styles, says which of them are to be cheaper."""
        self.side = patches.shape[2]
        self.lattice = SkewedGrid(self.side)
        self.window = window(self.side).to(patches)
        self.patches = patches
        root = self.window.sqrt()
        flat = (patches * root).flatten(1)
        products = torch.cov(flat.T, correction=0)
        self.spread = float(products.trace()) + LEAST
        axes = torch.linalg.eigh(products)[1][:, -PCA_DIMS:].T
        self.axes = axes.view(-1, 3, self.side, self.side) * root
        keys = flat @ axes.T
        # distances, but for the square of what is seen, as one product: of (seen, 1) and these
        self.lookup = torch.cat([-2 * keys, keys.square().sum(1, keepdim=True)], 1).T.contiguous()
        nearest = torch.full_like(flat[:, 0], torch.inf)
        for view in self.lattice.offset_views(content):
            for seen in self._seen(view).split(AT_ONCE):
                apart = seen @ self.lookup + seen[:, :-1].square().sum(1, keepdim=True)
                nearest = torch.minimum(nearest, apart.min(0).values)
        self.discounts = DISCOUNT * (nearest.max() - nearest)
        self.constants = (patches.square() * self.window).sum((1, 2, 3)) + self.discounts
        self.lookup[-1] += self.discounts
        self.lookup = F.pad(self.lookup, (0, -len(flat) % RUN))
        self.lookup[-1, len(flat) :] = torch.inf

    def nearest(self, view: Image) -> Chosen:
        """Which patch is cheapest at each place of a view of a picture. Distances are told along
        the axes."""
        step = self.lattice.step
        rows, columns = ((side - self.side) // step + 1 for side in view.shape[2:])
        # written over again and again: new memory would take longer than the product
        costs = self.lookup.new_empty(AT_ONCE, self.lookup.shape[1])
        found = [
            argmin_rows(torch.mm(seen, self.lookup, out=costs[: len(seen)]))
            for seen in self._seen(view).split(AT_ONCE)
        ]
        return torch.cat(found).view(rows, columns)

    def paste(self, chosen: Chosen, masses: Float[Tensor, "rows columns"], onto: Image) -> None:
        """Add the patches to a view, weighted by their places' masses and by the window."""
        step, height = self.lattice.step, max(1, AT_ONCE // chosen.shape[1])
        for band, (some, mass) in enumerate(zip(chosen.split(height), masses.split(height))):
            weighted = self.patches[some.flatten()] * self.window * mass.reshape(-1, 1, 1, 1)
            down, across = ((count - 1) * step + self.side for count in some.shape)
            flat = weighted.flatten(1).T[None]
            laid = F.fold(flat, (down, across), self.side, stride=step)
            top = band * height * step
            onto[:, :, top : top + down, :across] += laid

    def add_weights(self, masses: Float[Tensor, "rows columns"], onto: Weights) -> None:
        """Add what patches laid with these masses weigh to a view."""
        step = self.lattice.step
        laid = F.conv_transpose2d(masses[None, None], self.window[None, None], stride=step)
        onto[:, :, : laid.shape[2], : laid.shape[3]] += laid

    def _seen(self, view: Image) -> Float[Tensor, "places coordinates"]:
        """Patches along the axes, and a 1."""
        seen = F.conv2d(view, self.axes, stride=self.lattice.step)[0].flatten(1).T
        return F.pad(seen, (0, 1), value=1.0)


class NearestPatchLoss:
    """How far the patches of pictures of one size are from the nearest of the styles'.

    1 is about as far as the patches of a style are from their mean."""

    def __init__(
        self,
        styles: Sequence[Tensor],
        style_weights: Sequence[float],
        patch: int,
        content: Image,
        chance: torch.Generator,
        regions: Regions | None = None,
    ):
        """The content is in the colours of the styles, and of the pictures' size. Without regions
        any patch may be chosen anywhere, and each style has its share of them."""
        numbers = [
            round(MAX_PATCHES * share) if regions is None else MAX_PATCHES
            for share in style_weights
        ]
        cut = [sample_patches(style, patch, count, chance) for style, count in zip(styles, numbers)]
        cut = [torch.cat(cut)] if regions is None else cut
        self.books = [PatchBank(patches, content) for patches in cut]
        masses = torch.ones_like(content[0, :1]) if regions is None else regions
        height, width = (side - patch + 1 for side in content.shape[2:])
        middle, lattice = patch // 2, self.books[0].lattice
        inside = masses[:, middle : middle + height, middle : middle + width]
        whole = sum(float(mass.sum()) for mass in lattice.sample(inside))
        self.masses = [
            lattice.sample(mass / book.spread / max(whole, LEAST))
            for mass, book in zip(inside, self.books)
        ]
        self.weight = torch.zeros_like(content[:, :1])
        for book, masses in zip(self.books, self.masses):
            for view, mass in zip(lattice.offset_views(self.weight), masses):
                book.add_weights(mass, view)

    def distance(self, picture: Image) -> Cost:
        """The mean of squared distances to the patches chosen, and of what these cost.

        Its slope takes the choice as fixed, which is exact wherever there is a slope."""
        goal, rest = torch.zeros_like(picture), torch.zeros_like(picture[0, 0, 0, 0])
        with torch.no_grad():
            for book, masses in zip(self.books, self.masses):
                views = (book.lattice.offset_views(maps) for maps in (picture, goal))
                for mass, view, onto in zip(masses, *views):
                    chosen = book.nearest(view)
                    book.paste(chosen, mass, onto)
                    rest += (mass * book.constants[chosen]).sum()
            goal = goal / self.weight.clamp(min=torch.finfo(goal.dtype).tiny)
            rest -= (self.weight * goal.square()).sum()
        return (self.weight * (picture - goal).square()).sum() + rest


def argmin_rows(costs: Float[Tensor, "places patches"]) -> Int64[Tensor, " sample_positions"]:
    """Where each row is lowest; its length is a multiple of `RUN`. In two rounds, as what is lowest
    is found sooner than where it is.

    >>> lowest(torch.tensor([[2.0, 1.0] * 32 + [2.0, 0.0] * 32]))
    tensor([65])
    """
    runs = costs.unflatten(1, (-1, RUN))
    best = runs.amin(2).argmin(1)
    inside = runs[torch.arange(len(runs), device=runs.device), best].argmin(1)
    return best * RUN + inside


def sample_patches(style: Tensor, patch: int, most: int, chance: torch.Generator) -> Patches:
    """Patches of a style, drawn where there are more."""
    whole = style[0].unfold(1, patch, 1).unfold(2, patch, 1)
    drawn = sample_positions(whole.shape[1] * whole.shape[2], most, chance).to(style.device)
    across = whole.shape[2]
    return whole[:, drawn // across, drawn % across].movedim(1, 0).contiguous()


def window(patch: int) -> Float[Tensor, "side side"]:
    """What the pixels of a patch weigh: less towards its rim; 1 in sum."""
    fall = (-FOCUS * torch.linspace(-1, 1, patch, dtype=torch.float64).square()).exp()
    whole = fall[:, None] * fall
    return whole / whole.sum()
