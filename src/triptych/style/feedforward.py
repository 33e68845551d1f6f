"""A network that paints in one style at once, whatever the size of the picture.

After Johnson, Alahi & Fei-Fei 2016 ("Perceptual losses for real-time style transfer and
super-resolution"), with instance normalisation (Ulyanov, Vedaldi & Lempitsky 2016).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

Pictures = Float[Tensor, "batch 3 height width"]
Maps = Float[Tensor, "batch channels height width"]

STRIDE = 4  # pixels a cell of the coarsest maps covers
SMALLEST = 16  # pixels of a side: mirroring borders needs 5, and statistics more than a few cells
FLAT = 1e-5  # variance added to that of a map


class Feedforward(nn.Module):
    """Maps at full, half and quarter size, residual blocks at a quarter, and back.

    We depart from the paper in three ways. Maps are enlarged by repeating cells, not by transposed
    convolutions, which leave a chequered pattern (Odena, Dumoulin & Olah 2016). Every map is
    mirrored at its borders, so that no frame is seen. What comes out is added to the picture, so
    that training begins from the picture itself: on few steps, it gets further.
    """

    def __init__(self, width: int = 16, blocks: int = 4):
        """`width` is the number of channels at full size; it doubles as maps halve."""
        super().__init__()
        self.width, self.blocks = width, blocks
        self.enter = Layer(3, width, 9)
        self.down = nn.ModuleList(
            [Layer(width, 2 * width, 3, 2), Layer(2 * width, 4 * width, 3, 2)]
        )
        self.body = nn.Sequential(*(Block(4 * width) for _ in range(blocks)))
        self.up = nn.ModuleList([Layer(4 * width, 2 * width, 3), Layer(2 * width, width, 3)])
        self.leave = nn.Conv2d(width, 3, 9)
        for parameter in self.leave.parameters():
            nn.init.zeros_(parameter)

    def forward(self, pictures: Pictures) -> Pictures:
        """Pictures 0 … 1 painted; results may leave that range a little. Sides of `SMALLEST`
        pixels or more, and as many come out."""
        maps, sizes = self.enter(pictures - 0.5), []
        for layer in self.down:
            sizes.append(maps.shape[2:])
            maps = layer(maps)
        maps = self.body(maps)
        for layer in self.up:
            height, width = sizes.pop()
            maps = layer(F.interpolate(maps, scale_factor=2.0)[:, :, :height, :width])
        return pictures + self.leave(mirrored(maps, 9)).float()

    @property
    def reach(self) -> int:
        """How far in pixels what is painted at a place depends on the picture around it, but for
        the statistics of whole maps; a multiple of the stride."""
        entering, leaving = 4 + 1 + 2, 2 + 1 + 4
        return -(-(entering + 2 * STRIDE * self.blocks + leaving + STRIDE) // STRIDE) * STRIDE

    def on(self, device: torch.device) -> "Feedforward":
        """Itself, moved to a device and laid out as convolutions are fastest there."""
        self.to(device).to(memory_format=torch.channels_last)  # pyright: ignore
        return self

    def description(self) -> dict[str, Any]:
        """All that is needed to build it anew, but its weights."""
        return {"width": self.width, "blocks": self.blocks}

    @classmethod
    def from_description(cls, told: Mapping[str, Any]) -> "Feedforward":
        """Raises KeyError, TypeError or ValueError for what is no such description."""
        width, blocks = told["width"], told["blocks"]
        if not (isinstance(width, int) and isinstance(blocks, int)):
            raise TypeError("width and blocks are whole numbers")
        if not (1 <= width <= 256 and 0 <= blocks <= 64):
            raise ValueError("no network that fits into memory")
        return cls(width, blocks)

    @contextmanager
    def holding(self, picture: Pictures) -> Iterator[None]:
        """Normalise by the statistics this picture's maps have, not by a map's own: parts of a
        large picture are then painted alike ("Thumbnail instance normalization", Chen et al. 2022).
        """
        norms = [module for module in self.modules() if isinstance(module, Norm)]
        try:
            for norm in norms:
                norm.learning, norm.held = True, None
            self(picture)
            for norm in norms:
                norm.learning = False
            yield
        finally:
            for norm in norms:
                norm.learning, norm.held = False, None


class Norm(nn.Module):
    """Instance normalisation: each map of each picture to mean 0 and variance 1, then scaled and
    shifted by what was learnt."""

    def __init__(self, channels: int):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(channels))
        self.shift = nn.Parameter(torch.zeros(channels))
        self.learning = False
        self.held: tuple[Tensor, Tensor] | None = None

    def forward(self, maps: Maps) -> Maps:
        if self.learning:
            variance, mean = torch.var_mean(maps.float(), (0, 2, 3), correction=0)
            self.held = mean, variance
        if self.held is None:
            return F.instance_norm(maps, weight=self.scale, bias=self.shift, eps=FLAT)
        return F.batch_norm(maps, *self.held, self.scale, self.shift, eps=FLAT)


class Layer(nn.Module):
    """A convolution of mirrored maps, normalised and rectified."""

    def __init__(self, channels: int, out: int, side: int, stride: int = 1, rectify: bool = True):
        super().__init__()
        self.side, self.rectify = side, rectify
        # a bias would be taken out by the normalisation
        self.conv = nn.Conv2d(channels, out, side, stride, bias=False)
        nn.init.kaiming_normal_(self.conv.weight, nonlinearity="relu")
        self.norm = Norm(out)

    def forward(self, maps: Maps) -> Float[Tensor, "batch out rows columns"]:
        maps = self.norm(self.conv(mirrored(maps, self.side)))
        return F.relu(maps) if self.rectify else maps


class Block(nn.Module):
    """Two convolutions whose result is added to what came in (He et al. 2015; without a rectifier
    after the sum: Gross & Wilber 2016)."""

    def __init__(self, channels: int):
        super().__init__()
        self.first = Layer(channels, channels, 3)
        self.second = Layer(channels, channels, 3, rectify=False)

    def forward(self, maps: Maps) -> Maps:
        return maps + self.second(self.first(maps))


def mirrored(maps: Maps, side: int) -> Float[Tensor, "batch channels taller wider"]:
    """Maps with as much of themselves around them as a convolution of this side takes away."""
    rim = side // 2
    return F.pad(maps, (rim, rim, rim, rim), mode="reflect")
