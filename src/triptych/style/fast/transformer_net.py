"""A network that paints in one style at once, whatever the size of the image.

After Johnson, Alahi & Fei-Fei 2016 ("Perceptual losses for real-time style transfer and
super-resolution"), with instance normalization (Ulyanov, Vedaldi & Lempitsky 2016).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ...frame.storage.model_files import accept_former_names
from ..networks._extractor import Images
from .layers import (
    STRIDE,
    ConvLayer,
    InstanceNorm,
    ResidualBlock,
    StopForwardError,
    Window,
    reflect_pad,
)

ARCH_VERSION = 2  # of a description: raised when the same weights would paint another picture
MIN_SIDE = 16  # pixels of a side: mirroring borders needs 5, and statistics more than a few cells
MID_GREY = 0.5  # what training begins from
# Adam moves all weights of a color at once, 81 for each channel: its first steps would otherwise
# leave 0 … 1 far behind
OUTPUT_GAIN = 0.15

Parts = Callable[[], Iterable[tuple[Tensor, Window]]]
"""An image in overlapping parts, as often as it is called; the window is what of a part belongs to
no other part, in pixels of the part, from multiples of `STRIDE` on."""


class TransformerNet(nn.Module):
    """Maps at full, half and quarter size, residual blocks at a quarter, and back.

    We depart from the paper in three ways. Maps are enlarged by interpolation, not by transposed
    convolutions, which leave a checkered pattern (Odena, Dumoulin & Olah 2016), and repeated cells
    leave dots. Every map is mirrored at its borders, so that no frame is seen. And on the way back
    the maps of the way there are added (Mao, Shen & Yang 2016, "Image restoration using very deep
    convolutional encoder-decoder networks"), so that fine detail need not pass through a quarter of
    the size.

    Parameters:
        width: channels at full size; they double as maps halve.
        blocks: residual blocks.
    """

    def __init__(self, width: int = 16, blocks: int = 4):
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

    def forward(self, images: Images) -> Images:
        """The painted images, of the size of those given; values may leave 0 … 1 a little.

        Parameters:
            images: (B, 3, height, width), 0 … 1, sides of `MIN_SIDE` pixels or more.
        """
        maps, passed = self.stem(images - MID_GREY), []
        for layer in self.down:
            passed.append(maps)
            maps = layer(maps)
        maps = self.body(maps)
        for layer in self.up:
            before = passed.pop()
            height, width = before.shape[2:]
            larger = F.interpolate(maps, scale_factor=2.0, mode="bilinear")
            maps = layer(larger[:, :, :height, :width]) + before
        return MID_GREY + OUTPUT_GAIN * self.to_rgb(reflect_pad(maps, 9)).float()

    @property
    def receptive_field(self) -> int:
        """How far, in pixels, a result depends on the image around it, but for the
        statistics of whole maps; a multiple of the stride.
        """
        entering, leaving, enlarging = 4 + 1 + 2, 2 + 1 + 4, 4 + 2
        whole = entering + 2 * STRIDE * self.blocks + leaving + enlarging + STRIDE
        return -(-whole // STRIDE) * STRIDE

    def to_device(self, device: torch.device) -> "TransformerNet":
        """Itself, moved to a device and laid out as convolutions are fastest there."""
        self.to(device).to(memory_format=torch.channels_last)  # pyright: ignore
        return self

    def to_dict(self) -> dict[str, Any]:
        """All that is needed to build it again, but its weights."""
        return {"form": ARCH_VERSION, "width": self.width, "blocks": self.blocks}

    @classmethod
    def from_dict(cls, description: Mapping[str, Any]) -> "TransformerNet":
        """The network of a description.

        Raises KeyError, TypeError or ValueError for what is none.
        """
        form, width, blocks = description["form"], description["width"], description["blocks"]
        if form != ARCH_VERSION:
            raise ValueError("weights of another network")
        if not (isinstance(width, int) and isinstance(blocks, int)):
            raise TypeError("width and blocks are whole numbers")
        if not (1 <= width <= 256 and 0 <= blocks <= 64):
            raise ValueError("no network that fits into memory")
        return cls(width, blocks)

    @contextmanager
    def global_statistics(self, parts: Parts) -> Iterator[None]:
        """Normalize by the statistics of a whole image, not of the part that is painted.

        A layer's statistics follow from what the layers before made, so the parts are gone through
        once for each layer, as far as that layer.

        Parameters:
            parts: gives the parts of the image.
        """
        # in the order they are made, which is that of the layers
        norms = [module for module in self.modules() if isinstance(module, InstanceNorm)]
        try:
            for norm in norms:
                norm.collected = []
                for part, norm.window in parts():
                    with torch.no_grad(), suppress(StopForwardError):
                        self(part)
                norm.finalize()
            yield
        finally:
            for norm in norms:
                norm.collected = norm.fixed_stats = None
