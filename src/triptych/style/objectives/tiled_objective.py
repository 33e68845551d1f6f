"""Judging a picture tile by tile, by the statistics of the whole: as one that is judged at once.

A first pass adds up the moments of all tiles. What the style asks of the whole then is a slope for
each moment, the same in every tile, so a second pass takes the tiles one after the other, each with
its part of the slope. Nothing but the pictures is kept at full size, and no border shows.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from ..losses.gatys import Cost, total_variation
from ..losses.statistics import STATISTICS, Moments, StyleTarget, moments
from ..networks._extractor import Image
from .feature_objective import FeatureMethod, FeatureObjective, Measures, image_pyramid
from .objective import LossAndGradient, ScaleInputs
from .tiles import Tile, make_tiles, receptive_field

Slopes = list[dict[str, list[tuple[Tensor, Tensor]]]]  # of sums and products; as `Measures`


class TiledObjective(FeatureObjective):
    """Judges pictures of one scale in tiles of about `side` pixels, by the same costs."""

    def __init__(
        self, method: FeatureMethod, scene: ScaleInputs, side: int, halo: int | None = None
    ):
        """`halo` is the pixels each tile is read with beyond its own, None as far as its network
        sees; a multiple of the coarsest stride."""
        wanted = list(dict.fromkeys([*method.resolved_style_layers, method.resolved_content_layer]))
        self.read_at, self.side = wanted, side
        self.strides = {layer: method.network.strides[layer] for layer in wanted}
        self.halo = receptive_field(method.network, wanted) if halo is None else halo
        super().__init__(method, scene)

    def evaluate(self, picture: Image) -> LossAndGradient:
        """The costs and their slope."""
        leaf = picture.detach().requires_grad_()
        with torch.enable_grad():
            read = list(image_pyramid(leaf, self.octaves))
        seen = [half.detach() for half in read]
        with torch.no_grad():
            measures = [self._total_moments(half, octave) for octave, half in enumerate(seen)]
        style, parts, slopes, (near, tv_grad) = self._moment_gradients(measures)
        pulls, content = [], seen[0].new_zeros(())
        for octave, half in enumerate(seen):
            cost, pull = self._tile_gradient(half, octave, slopes[octave], near)
            content, pulls = content + cost / self.octaves, [*pulls, pull]
        variation, slope = self._tv_gradient(seen[0])
        pulls[0].add_(slope, alpha=float(tv_grad))
        (gradient,) = torch.autograd.grad(read, leaf, pulls)
        parts = {"content": content, **parts, "variation": variation}
        told = {name: float(part) for name, part in parts.items()}
        total = float(self.method.total(content, style, variation, self.scene.strength))
        return LossAndGradient(total, told, gradient.contiguous())

    def _tiles(self, picture: Image) -> list[Tile]:
        height, width = picture.shape[2:]
        return make_tiles(height, width, self.side, self.halo, max(self.strides.values()))

    def _read(self, picture: Image, tile: Tile, layers: Sequence[str]) -> dict[str, Tensor]:
        """A tile's own cells, by layer."""
        rows, columns = tile.read_window
        found = self.method.network.extract(picture[:, :, rows, columns].contiguous(), layers)
        return {layer: tile.inner(found.pop(layer), self.strides[layer]) for layer in layers}

    def _contents(self) -> list[Tensor]:
        """The content's activations, by octave. Notes how large each layer is."""
        self.sizes: list[dict[str, tuple[int, int]]] = []
        return [self._whole(half) for half in image_pyramid(self.scene.content, self.octaves)]

    def _whole(self, picture: Image) -> Float[Tensor, "1 channels rows columns"]:
        """The content layer of a picture, put together from its tiles."""
        sizes: dict[str, tuple[int, int]] = {}
        pieces: list[tuple[slice, slice, Tensor]] = []
        for tile in self._tiles(picture):
            found = self._read(picture, tile, self.read_at)
            for layer, maps in found.items():
                rows, columns = tile.cell_window(maps, self.strides[layer])
                sizes[layer] = (rows.stop, columns.stop)  # the last tile's are the last
            rows, columns = tile.cell_window(found[self.layer], self.strides[self.layer])
            pieces.append((rows, columns, found[self.layer].clone()))
        self.sizes.append(sizes)
        whole = pieces[0][2].new_empty((*pieces[0][2].shape[:2], *sizes[self.layer]))
        for rows, columns, piece in pieces:
            whole[:, :, rows, columns] = piece
        return whole

    def _aims(self, style: Image) -> list[dict[str, StyleTarget]]:
        kind, aims = STATISTICS[self.method.statistics], []
        for half in image_pyramid(style, self.octaves):
            added: dict[str, Moments] = {}
            for tile in self._tiles(half):
                for layer, maps in self._read(half, tile, list(self.weights)).items():
                    found = moments(maps[0])
                    added[layer] = added[layer] + found if layer in added else found
            aims.append({layer: kind(found) for layer, found in added.items()})
        return aims

    def _total_moments(self, picture: Image, octave: int) -> dict[str, list[Moments]]:
        """The moments of a whole picture, from its tiles."""
        added: dict[str, list[Moments]] = {}
        for tile in self._tiles(picture):
            found = self._read(picture, tile, list(self.weights))
            for layer in self.weights:
                parts = self._parts(found.pop(layer), octave, layer, tile)
                sums = added.get(layer)
                added[layer] = [a + b for a, b in zip(sums, parts)] if sums else parts
        return added

    def _parts(self, maps: Tensor, octave: int, layer: str, tile: Tile) -> list[Moments]:
        """The moments of a tile: one for all styles, or one for the region of each."""
        if self.scene.regions is None:
            return [moments(maps[0])]
        rows, columns = tile.cell_window(maps, self.strides[layer])
        regions = self.pooled(*self.sizes[octave][layer])
        return [moments(maps[0], region[rows, columns]) for region in regions]

    def _moment_gradients(
        self, measures: Measures
    ) -> tuple[Cost, dict[str, Tensor], Slopes, tuple[float, float]]:
        """The style cost and its parts, the slope of the total for each moment, and those for the
        content cost and for variation, which are weights."""
        leaves: list[Tensor] = []

        def leaf(value: Tensor) -> Tensor:
            leaves.append(value.detach().requires_grad_())
            return leaves[-1]

        leaf_moments = [
            {
                layer: [Moments(one.mass, leaf(one.sums), leaf(one.products)) for one in found]
                for layer, found in layers.items()
            }
            for layers in measures
        ]
        content, variation = (leaf(torch.zeros((), device=leaves[0].device)) for _ in range(2))
        with torch.enable_grad():
            style, parts = self.style(leaf_moments)
            total = self.method.total(content, style, variation, self.scene.strength)
        found = iter(torch.autograd.grad(total, leaves, allow_unused=True, materialize_grads=True))
        slopes = [
            {layer: [(next(found), next(found)) for _ in each] for layer, each in layers.items()}
            for layers in measures
        ]
        told = {name: part.detach() for name, part in parts.items()}
        return style.detach(), told, slopes, (float(next(found)), float(next(found)))

    def _tile_gradient(
        self,
        picture: Image,
        octave: int,
        slopes: dict[str, list[tuple[Tensor, Tensor]]],
        content_grad: float,
    ) -> tuple[Cost, Image]:
        """The content cost of a picture, and the slope of content and style for its pixels."""
        content, grad = picture.new_zeros(()), torch.zeros_like(picture)
        whole = self.contents[octave]
        weight = 1 / (whole.numel() * self.contrasts[octave])
        for tile in self._tiles(picture):
            rows, columns = tile.read_window
            leaf = picture[:, :, rows, columns].clone().requires_grad_()
            with torch.enable_grad():
                found = self.method.network.extract(leaf, self.read_at)
                inner = {name: tile.inner(found[name], self.strides[name]) for name in found}
                there = tile.cell_window(inner[self.layer], self.strides[self.layer])
                apart = (inner[self.layer] - whole[:, :, there[0], there[1]]).square().sum()
                cost = weight * apart
                goal = content_grad / self.octaves * cost
                for layer, asked in slopes.items():
                    parts = self._parts(inner[layer], octave, layer, tile)
                    for (sums, products), part in zip(asked, parts):
                        goal = goal + (sums * part.sums).sum() + (products * part.products).sum()
                del found, inner
            (slope,) = torch.autograd.grad(goal, leaf)
            grad[:, :, rows, columns] += slope
            content += cost.detach()
        return content, grad

    def _tv_gradient(self, picture: Image) -> tuple[Cost, Image]:
        """The total variation of a picture and its slope, band by band."""
        height, width = picture.shape[2:]
        variation, slope = picture.new_zeros(()), torch.zeros_like(picture)
        for top in range(0, height, self.side):
            # with the first row of the next band, whose own costs are taken off again
            bottom = min(height, top + self.side)
            band = slice(top, min(height, bottom + 1))
            leaf = picture[:, :, band].clone().requires_grad_()
            with torch.enable_grad():
                cost = total_variation(leaf, self.stretch) * leaf[0, 0].numel()
                if band.stop > bottom:
                    cost = cost - total_variation(leaf[:, :, -1:], self.stretch) * width
                cost = cost / (height * width)
            (pull,) = torch.autograd.grad(cost, leaf)
            slope[:, :, band] += pull
            variation += cost.detach()
        return variation, slope
