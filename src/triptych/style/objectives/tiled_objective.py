"""The feature objective tile by tile, with the statistics and the gradient of the whole image.

A first pass adds up the moments of all tiles. The gradient of the style loss for each moment of the
whole is the same in every tile, so a second pass takes the tiles one after the other, each with its
part of the gradient. Nothing but images is stored at full size, and no seam shows.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from ..imaging.pyramid import image_pyramid
from ..losses.gatys import Loss, total_variation
from ..losses.statistics import STATISTICS, Moments, StyleTarget, moments
from ..networks._extractor import Image
from .feature_objective import FeatureMethod, FeatureObjective, PyramidMoments
from .objective import LossAndGradient, ScaleInputs
from .tiles import Tile, make_tiles, receptive_field

MomentGradients = list[
    dict[str, list[tuple[Tensor, Tensor]]]
]  # of sums and products; as `Measures`


class TiledObjective(FeatureObjective):
    """The objective of `FeatureObjective`, computed in tiles.

    Parameters:
        method: the network and its options.
        inputs: content, styles, weights and regions at this scale.
        tile_side: about how large a tile is, in pixels.
        halo: pixels each tile is read with beyond its own, a multiple of the coarsest stride; None:
            as far as the network sees.
    """

    def __init__(
        self, method: FeatureMethod, inputs: ScaleInputs, tile_side: int, halo: int | None = None
    ):
        layers = list(dict.fromkeys([*method.resolved_style_layers, method.resolved_content_layer]))
        self.layers, self.tile_side = layers, tile_side
        self.strides = {layer: method.network.strides[layer] for layer in layers}
        self.halo = receptive_field(method.network, layers) if halo is None else halo
        super().__init__(method, inputs)

    def evaluate(self, image: Image) -> LossAndGradient:
        """The loss of an image and its gradient."""
        leaf = image.detach().requires_grad_()
        with torch.enable_grad():
            read = list(image_pyramid(leaf, self.octaves))
        seen = [half.detach() for half in read]
        with torch.no_grad():
            measures = [self._total_moments(half, octave) for octave, half in enumerate(seen)]
        style, parts, slopes, (content_grad, tv_grad) = self._moment_gradients(measures)
        level_gradients, content = [], seen[0].new_zeros(())
        for octave, half in enumerate(seen):
            loss, level_gradient = self._tile_gradient(half, octave, slopes[octave], content_grad)
            content, level_gradients = (
                content + loss / self.octaves,
                [*level_gradients, level_gradient],
            )
        variation, slope = self._tv_gradient(seen[0])
        level_gradients[0].add_(slope, alpha=float(tv_grad))
        (gradient,) = torch.autograd.grad(read, leaf, level_gradients)
        parts = {"content": content, **parts, "variation": variation}
        values = {name: float(part) for name, part in parts.items()}
        total = float(self.method.total(content, style, variation, self.inputs.strength))
        return LossAndGradient(total, values, gradient.contiguous())

    def _tiles(self, image: Image) -> list[Tile]:
        height, width = image.shape[2:]
        return make_tiles(height, width, self.tile_side, self.halo, max(self.strides.values()))

    def _read(self, image: Image, tile: Tile, layers: Sequence[str]) -> dict[str, Tensor]:
        """The cells of a tile without its halo, by layer."""
        rows, columns = tile.read_window
        activations = self.method.network.extract(image[:, :, rows, columns].contiguous(), layers)
        return {layer: tile.inner(activations.pop(layer), self.strides[layer]) for layer in layers}

    def _content_maps(self) -> list[Tensor]:
        """The content's activations, by octave; sets the size of each layer in `map_sizes`."""
        self.map_sizes: list[dict[str, tuple[int, int]]] = []
        return [
            self._whole_content_maps(half)
            for half in image_pyramid(self.inputs.content, self.octaves)
        ]

    def _whole_content_maps(self, image: Image) -> Float[Tensor, "1 channels rows columns"]:
        """The content layer of an image, put together from its tiles."""
        sizes: dict[str, tuple[int, int]] = {}
        pieces: list[tuple[slice, slice, Tensor]] = []
        for tile in self._tiles(image):
            activations = self._read(image, tile, self.layers)
            for layer, maps in activations.items():
                rows, columns = tile.cell_window(maps, self.strides[layer])
                sizes[layer] = (rows.stop, columns.stop)  # the last tile's are the last
            rows, columns = tile.cell_window(
                activations[self.content_layer], self.strides[self.content_layer]
            )
            pieces.append((rows, columns, activations[self.content_layer].clone()))
        self.map_sizes.append(sizes)
        whole = pieces[0][2].new_empty((*pieces[0][2].shape[:2], *sizes[self.content_layer]))
        for rows, columns, piece in pieces:
            whole[:, :, rows, columns] = piece
        return whole

    def _style_targets(self, style: Image) -> list[dict[str, StyleTarget]]:
        kind, targets = STATISTICS[self.method.statistics], []
        for half in image_pyramid(style, self.octaves):
            totals: dict[str, Moments] = {}
            for tile in self._tiles(half):
                for layer, maps in self._read(half, tile, list(self.weights)).items():
                    tile_moments = moments(maps[0])
                    totals[layer] = (
                        totals[layer] + tile_moments if layer in totals else tile_moments
                    )
            targets.append({layer: kind(tile_moments) for layer, tile_moments in totals.items()})
        return targets

    def _total_moments(self, image: Image, octave: int) -> dict[str, list[Moments]]:
        """The moments of a whole image, from its tiles."""
        totals: dict[str, list[Moments]] = {}
        for tile in self._tiles(image):
            activations = self._read(image, tile, list(self.weights))
            for layer in self.weights:
                parts = self._tile_moments(activations.pop(layer), octave, layer, tile)
                sums = totals.get(layer)
                totals[layer] = [a + b for a, b in zip(sums, parts)] if sums else parts
        return totals

    def _tile_moments(self, maps: Tensor, octave: int, layer: str, tile: Tile) -> list[Moments]:
        """The moments of a tile: one for all styles, or one for the region of each."""
        if self.inputs.regions is None:
            return [moments(maps[0])]
        rows, columns = tile.cell_window(maps, self.strides[layer])
        regions = self.pooled_regions(*self.map_sizes[octave][layer])
        return [moments(maps[0], region[rows, columns]) for region in regions]

    def _moment_gradients(
        self, measures: PyramidMoments
    ) -> tuple[Loss, dict[str, Tensor], MomentGradients, tuple[float, float]]:
        """The style loss and its parts, the gradient of the total for each moment, and those for
        the content loss and for variation, which are their weights.
        """
        leaves: list[Tensor] = []

        def leaf(value: Tensor) -> Tensor:
            leaves.append(value.detach().requires_grad_())
            return leaves[-1]

        leaf_moments = [
            {
                layer: [
                    Moments(one.weight, leaf(one.sums), leaf(one.products)) for one in tile_moments
                ]
                for layer, tile_moments in layers.items()
            }
            for layers in measures
        ]
        content, variation = (leaf(torch.zeros((), device=leaves[0].device)) for _ in range(2))
        with torch.enable_grad():
            style, parts = self.style_loss(leaf_moments)
            total = self.method.total(content, style, variation, self.inputs.strength)
        gradients = iter(
            torch.autograd.grad(total, leaves, allow_unused=True, materialize_grads=True)
        )
        slopes = [
            {
                layer: [(next(gradients), next(gradients)) for _ in each]
                for layer, each in layers.items()
            }
            for layers in measures
        ]
        values = {name: part.detach() for name, part in parts.items()}
        return style.detach(), values, slopes, (float(next(gradients)), float(next(gradients)))

    def _tile_gradient(
        self,
        image: Image,
        octave: int,
        slopes: dict[str, list[tuple[Tensor, Tensor]]],
        content_grad: float,
    ) -> tuple[Loss, Image]:
        """The content loss of an image, and the gradient of content and style for its pixels."""
        content, grad = image.new_zeros(()), torch.zeros_like(image)
        whole = self.content_maps[octave]
        weight = 1 / (whole.numel() * self.content_energy[octave])
        for tile in self._tiles(image):
            rows, columns = tile.read_window
            leaf = image[:, :, rows, columns].clone().requires_grad_()
            with torch.enable_grad():
                activations = self.method.network.extract(leaf, self.layers)
                inner = {
                    name: tile.inner(activations[name], self.strides[name]) for name in activations
                }
                there = tile.cell_window(
                    inner[self.content_layer], self.strides[self.content_layer]
                )
                squared = (
                    (inner[self.content_layer] - whole[:, :, there[0], there[1]]).square().sum()
                )
                loss = weight * squared
                objective = content_grad / self.octaves * loss
                for layer, gradients in slopes.items():
                    parts = self._tile_moments(inner[layer], octave, layer, tile)
                    for (sums, products), part in zip(gradients, parts):
                        objective = (
                            objective + (sums * part.sums).sum() + (products * part.products).sum()
                        )
                del activations, inner
            (slope,) = torch.autograd.grad(objective, leaf)
            grad[:, :, rows, columns] += slope
            content += loss.detach()
        return content, grad

    def _tv_gradient(self, image: Image) -> tuple[Loss, Image]:
        """The total variation of an image and its gradient, band by band."""
        height, width = image.shape[2:]
        variation, slope = image.new_zeros(()), torch.zeros_like(image)
        for top in range(0, height, self.tile_side):
            # with the first row of the next band, whose own costs are taken off again
            bottom = min(height, top + self.tile_side)
            band = slice(top, min(height, bottom + 1))
            leaf = image[:, :, band].clone().requires_grad_()
            with torch.enable_grad():
                loss = total_variation(leaf, self.tv_stretch) * leaf[0, 0].numel()
                if band.stop > bottom:
                    loss = loss - total_variation(leaf[:, :, -1:], self.tv_stretch) * width
                loss = loss / (height * width)
            (level_gradient,) = torch.autograd.grad(loss, leaf)
            slope[:, :, band] += level_gradient
            variation += loss.detach()
        return variation, slope
