"""A network that paints in one style at once, whatever the size of the picture.

After Johnson, Alahi & Fei-Fei 2016 ("Perceptual losses for real-time style transfer and
super-resolution"), with instance normalisation (Ulyanov, Vedaldi & Lempitsky 2016).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from ...frame.storage.model_files import accept_former_names
from ..networks._extractor import Images

Maps = Float[Tensor, "batch channels height width"]

ARCH_VERSION = 2  # of a description: raised when the same weights would paint another picture
STRIDE = 4  # pixels a cell of the coarsest maps covers
SMALLEST = 16  # pixels of a side: mirroring borders needs 5, and statistics more than a few cells
FLAT = 1e-5  # variance added to that of a map
GREY = 0.5  # what training begins from
# Adam moves all weights of a colour at once, 81 for each channel: its first steps would otherwise
# leave 0 … 1 far behind
GAIN = 0.15

Window = tuple[slice, slice]
Parts = Callable[[], Iterable[tuple[Tensor, Window]]]
"""A picture in overlapping parts, as often as it is called; the window is what of a part belongs to
no other part, in pixels of the part, from multiples of `STRIDE` on."""


class TransformerNet(nn.Module):
    """Maps at full, half and quarter size, residual blocks at a quarter, and back.

    We depart from the paper in three ways. Maps are enlarged by interpolation, not by transposed
    convolutions, which leave a chequered pattern (Odena, Dumoulin & Olah 2016), and repeated cells
    leave dots. Every map is mirrored at its borders, so that no frame is seen. And on the way back
    the maps of the way there are added (Mao, Shen & Yang 2016, "Image restoration using very deep
    convolutional encoder-decoder networks"), so that masts and windows need not be told through a
    quarter of the size.
    """

    def __init__(self, width: int = 16, blocks: int = 4):
        """`width` is the number of channels at full size; it doubles as maps halve."""
        super().__init__()
        self.width, self.blocks = width, blocks
        self.stem = ConvLayer(3, width, 9)
        self.down = nn.ModuleList(
            [
                ConvLayer(width, 2 * width, 3, stride=2, cell=2),
                ConvLayer(2 * width, 4 * width, 3, stride=2, cell=STRIDE),
            ]
        )
        self.body = nn.Sequential(*(ResidualBlock(4 * width) for _ in range(blocks)))
        self.up = nn.ModuleList(
            [ConvLayer(4 * width, 2 * width, 3, cell=2), ConvLayer(2 * width, width, 3)]
        )
        self.to_rgb = nn.Conv2d(width, 3, 9)
        for parameter in self.to_rgb.parameters():
            nn.init.zeros_(parameter)
        accept_former_names(self, {"enter": "stem", "leave": "to_rgb"})

    def forward(self, pictures: Images) -> Images:
        """Pictures 0 … 1 painted; results may leave that range a little. Sides of `SMALLEST`
        pixels or more, and as many come out."""
        maps, passed = self.stem(pictures - GREY), []
        for layer in self.down:
            passed.append(maps)
            maps = layer(maps)
        maps = self.body(maps)
        for layer in self.up:
            before = passed.pop()
            height, width = before.shape[2:]
            larger = F.interpolate(maps, scale_factor=2.0, mode="bilinear")
            maps = layer(larger[:, :, :height, :width]) + before
        return GREY + GAIN * self.to_rgb(reflect_pad(maps, 9)).float()

    @property
    def receptive_field(self) -> int:
        """How far in pixels what is painted at a place depends on the picture around it, but for
        the statistics of whole maps; a multiple of the stride."""
        entering, leaving, enlarging = 4 + 1 + 2, 2 + 1 + 4, 4 + 2
        whole = entering + 2 * STRIDE * self.blocks + leaving + enlarging + STRIDE
        return -(-whole // STRIDE) * STRIDE

    def on(self, device: torch.device) -> "TransformerNet":
        """Itself, moved to a device and laid out as convolutions are fastest there."""
        self.to(device).to(memory_format=torch.channels_last)  # pyright: ignore
        return self

    def description(self) -> dict[str, Any]:
        """All that is needed to build it anew, but its weights."""
        return {"form": ARCH_VERSION, "width": self.width, "blocks": self.blocks}

    @classmethod
    def from_description(cls, told: Mapping[str, Any]) -> "TransformerNet":
        """Raises KeyError, TypeError or ValueError for what is no such description."""
        form, width, blocks = told["form"], told["width"], told["blocks"]
        if form != ARCH_VERSION:
            raise ValueError("weights of another network")
        if not (isinstance(width, int) and isinstance(blocks, int)):
            raise TypeError("width and blocks are whole numbers")
        if not (1 <= width <= 256 and 0 <= blocks <= 64):
            raise ValueError("no network that fits into memory")
        return cls(width, blocks)

    @contextmanager
    def global_statistics(self, parts: Parts) -> Iterator[None]:
        """Normalise by the statistics of a whole picture, not of the part that is painted: parts
        are then painted as they are in the whole.

        A layer's statistics follow from what the layers before made, so the parts are gone through
        once for each layer, as far as that layer."""
        # in the order they are made, which is that of the layers
        norms = [module for module in self.modules() if isinstance(module, InstanceNorm)]
        try:
            for norm in norms:
                norm.collected = []
                for part, norm.window in parts():
                    with torch.no_grad(), suppress(EnoughError):
                        self(part)
                norm.finalize()
            yield
        finally:
            for norm in norms:
                norm.collected = norm.fixed_stats = None


class EnoughError(Exception):
    """Raised by a layer whose statistics are gathered: nothing beyond it need be computed."""


class InstanceNorm(nn.Module):
    """Instance normalisation: each map of each picture to mean 0 and variance 1, then scaled and
    shifted by what was learnt."""

    def __init__(self, channels: int, cell: int = 1):
        """`cell` is how many pixels a cell of the maps covers."""
        super().__init__()
        self.cell = cell
        self.scale = nn.Parameter(torch.ones(channels))
        self.shift = nn.Parameter(torch.zeros(channels))
        self.window: Window = slice(None), slice(None)
        self.collected: list[Tensor] | None = None  # number of places, sums, and sums of squares
        self.fixed_stats: tuple[Tensor, Tensor] | None = None  # mean and variance

    def forward(self, maps: Maps) -> Maps:
        if self.collected is not None:
            self._gather(maps)
            raise EnoughError
        if self.fixed_stats is None:
            return F.instance_norm(maps, weight=self.scale, bias=self.shift, eps=FLAT)
        return F.batch_norm(maps, *self.fixed_stats, self.scale, self.shift, eps=FLAT)

    def finalize(self) -> None:
        """Hold the statistics gathered."""
        assert self.collected
        places, sums, squares = torch.stack(self.collected).sum(0)
        mean = sums / places
        variance = (squares / places - mean.square()).clamp(min=0)
        self.collected, self.fixed_stats = None, (mean.to(self.scale), variance.to(self.scale))

    def _gather(self, maps: Maps) -> None:
        assert self.collected is not None
        rows, columns = (
            slice((one.start or 0) // self.cell, one.stop and -(-one.stop // self.cell))
            for one in self.window
        )
        # the mean of squares less the square of the mean: float32 has too few digits
        inside = maps[0, :, rows, columns].flatten(1).double()
        places = torch.full_like(inside[:, 0], inside.shape[1])
        self.collected.append(torch.stack([places, inside.sum(1), inside.square().sum(1)]))


class ConvLayer(nn.Module):
    """A convolution of mirrored maps, normalised and rectified."""

    def __init__(
        self,
        channels: int,
        out: int,
        side: int,
        *,
        stride: int = 1,
        cell: int = 1,
        rectify: bool = True,
    ):
        super().__init__()
        self.side, self.rectify = side, rectify
        # a bias would be taken out by the normalisation
        self.conv = nn.Conv2d(channels, out, side, stride, bias=False)
        nn.init.kaiming_normal_(self.conv.weight, nonlinearity="relu")
        self.norm = InstanceNorm(out, cell)

    def forward(self, maps: Maps) -> Float[Tensor, "batch out rows columns"]:
        maps = self.norm(self.conv(reflect_pad(maps, self.side)))
        return F.relu(maps) if self.rectify else maps


class ResidualBlock(nn.Module):
    """Two convolutions whose result is added to what came in (He et al. 2015; without a rectifier
    after the sum: Gross & Wilber 2016)."""

    def __init__(self, channels: int):
        super().__init__()
        self.first = ConvLayer(channels, channels, 3, cell=STRIDE)
        self.second = ConvLayer(channels, channels, 3, cell=STRIDE, rectify=False)

    def forward(self, maps: Maps) -> Maps:
        return maps + self.second(self.first(maps))


def reflect_pad(maps: Maps, side: int) -> Float[Tensor, "batch channels taller wider"]:
    """Maps with as much of themselves around them as a convolution of this side takes away."""
    rim = side // 2
    return F.pad(maps, (rim, rim, rim, rim), mode="reflect")
