"""Painting at once, with a network that was trained for one style."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import UInt8

from ...frame.errors import ConfigError, RunError
from ...frame.storage import images, model_files
from ...frame.training.devices import resolve_device as named_device
from ..imaging.conversions import Pixels, to_tensor, to_uint8
from ..imaging.scales import crop_padding, fit_longer_side, padding_for, reflect_pad, resize
from ..networks._extractor import Image
from .transformer_net import SMALLEST, STRIDE, TransformerNet, Window

RGBArray = UInt8[np.ndarray, "rows columns 3"]

PANEL = "style"
KIND = "feedforward"
TILE = 1536  # pixels of a tile's side, without what surrounds it: about 1.3 GB at the default width
LOAD_ERRORS = (AttributeError, KeyError, OverflowError, RuntimeError, TypeError, ValueError)


class FastStyler:
    """Paints pictures of any size in the one style it was trained for.

    A picture of more than `tile` × `tile` pixels is painted in tiles, so that memory is bounded.
    The network normalises by statistics of the whole picture, so these are gathered first, tile by
    tile and layer by layer: the picture is the same as if painted whole, but takes about
    `blocks` + 4 times as long. Tiles overlap by as far as the network sees.
    """

    def __init__(self, network: TransformerNet, device: torch.device | str = "cpu"):
        self.device = torch.device(device)
        self.network = network.on(self.device).eval()

    def paint(self, content: Pixels, *, size: int | None = None, tile: int = TILE) -> RGBArray:
        """The content painted, at its own size or with a longer side of `size` pixels.

        Strokes have a size in pixels: in a smaller picture they are larger. Raises ConfigError."""
        if tile < SMALLEST or (size is not None and size < 1):
            raise ConfigError(
                f"Expected a size of 1 or more and tiles of {SMALLEST} or more pixels, got size "
                f"{size} and tile {tile}."
            )
        picture = to_tensor(content)
        if size is not None:
            height, width = fit_longer_side(content.shape[0], content.shape[1], size)
            picture = resize(picture, height, width)
        rim = padding_for(picture.shape[2:], SMALLEST)
        with torch.inference_mode():
            painted = self._painted(reflect_pad(picture, *rim), tile)
        return to_uint8(crop_padding(painted, *rim))

    def _painted(self, picture: Image, tile: int) -> Image:
        height, width = picture.shape[2:]
        if height * width <= tile * tile:
            return self.network(picture.to(self.device)).cpu()
        tile = tile // STRIDE * STRIDE
        spans = [
            (
                _span(top, tile, self.network.receptive_field, height),
                _span(left, tile, self.network.receptive_field, width),
            )
            for top in range(0, height, tile)
            for left in range(0, width, tile)
        ]
        parts = [((down.read, across.read), (down.inner, across.inner)) for down, across in spans]

        def read() -> Iterator[tuple[Image, Window]]:
            for (rows, columns), window in parts:
                yield picture[:, :, rows, columns].to(self.device), window

        painted = torch.empty_like(picture)
        with self.network.global_statistics(read):
            for (down, across), (part, (rows, columns)) in zip(spans, read()):
                found = self.network(part)[:, :, rows, columns]
                painted[:, :, down.tile, across.tile] = found.cpu()
        return painted


def load(run: str | Path, *, device: str = "auto") -> FastStyler:
    """The painter that a run of `style train` ended with.

    Raises RunError for a folder without one, of another panel, damaged, or of a newer version."""
    folder = Path(run)
    description, tensors = model_files.load_model(folder)
    if description.get("panel") != PANEL or KIND not in description:
        raise RunError(f"Expected a run of `triptych style train`, {folder} is another. Name one.")
    try:
        network = TransformerNet.from_description(description[KIND])
        network.load_state_dict(tensors)
    except LOAD_ERRORS as error:
        raise RunError(
            f"{folder / model_files.DESCRIPTION} and its weights do not fit this triptych or each "
            f"other ({type(error).__name__}). Train again."
        ) from error
    if not all(tensor.isfinite().all() for tensor in tensors.values()):
        raise RunError(f"{folder / model_files.WEIGHTS} holds what are no numbers. Train again.")
    return FastStyler(network, named_device(device))


def save(folder: Path, network: TransformerNet, size: int) -> None:
    """Write into `folder` what `load` reads. Raises WriteError."""
    described = {"panel": PANEL, KIND: network.description(), "size": size}
    model_files.save_model(folder, network.state_dict(), described)


def apply(
    run: str | Path,
    pictures: Iterable[str | Path],
    *,
    size: int | None = None,
    tile: int = TILE,
    device: str = "auto",
) -> Iterator[tuple[Path, RGBArray]]:
    """Pictures painted at once, one after the other, each with the file it was painted from;
    folders stand for the pictures in them.

    Raises RunError, ConfigError, and ImageError where it comes to a picture that cannot be read."""
    painter = load(run, device=device)
    files = images.expand_paths(pictures)
    return ((file, painter.paint(images.read(file), size=size, tile=tile)) for file in files)


@dataclass(frozen=True)
class TileSpan:
    """A tile along one side of a picture, in its pixels; the part to read for it; and where in the
    part the tile lies."""

    tile: slice
    read: slice
    inner: slice


def _span(start: int, tile: int, reach: int, whole: int) -> TileSpan:
    """Parts begin at multiples of the network's stride, as only then cells lie as in the whole."""
    first, end = max(0, start - reach), min(start + tile, whole)
    last = min(whole, start + tile + reach)
    return TileSpan(slice(start, end), slice(first, last), slice(start - first, end - first))
