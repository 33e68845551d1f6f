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
from ..imaging.scales import fitted, framed, lacking, resized, unframed
from ..networks._extractor import Picture
from ..optimization.transfer import Pixels, picture_of, pixels_of
from .transformer_net import SMALLEST, STRIDE, Feedforward, Window

Painting = UInt8[np.ndarray, "rows columns 3"]

PANEL = "style"
KIND = "feedforward"
TILE = 1536  # pixels of a tile's side, without what surrounds it: about 1.3 GB at the default width
MISFITS = (AttributeError, KeyError, OverflowError, RuntimeError, TypeError, ValueError)


class FastPainter:
    """Paints pictures of any size in the one style it was trained for.

    A picture of more than `tile` × `tile` pixels is painted in tiles, so that memory is bounded.
    The network normalises by statistics of the whole picture, so these are gathered first, tile by
    tile and layer by layer: the picture is the same as if painted whole, but takes about
    `blocks` + 4 times as long. Tiles overlap by as far as the network sees.
    """

    def __init__(self, network: Feedforward, device: torch.device | str = "cpu"):
        self.device = torch.device(device)
        self.network = network.on(self.device).eval()

    def paint(self, content: Pixels, *, size: int | None = None, tile: int = TILE) -> Painting:
        """The content painted, at its own size or with a longer side of `size` pixels.

        Strokes have a size in pixels: in a smaller picture they are larger. Raises ConfigError."""
        if tile < SMALLEST or (size is not None and size < 1):
            raise ConfigError(
                f"Expected a size of 1 or more and tiles of {SMALLEST} or more pixels, got size "
                f"{size} and tile {tile}."
            )
        picture = picture_of(content)
        if size is not None:
            height, width = fitted(content.shape[0], content.shape[1], size)
            picture = resized(picture, height, width)
        rim = lacking(picture.shape[2:], SMALLEST)
        with torch.inference_mode():
            painted = self._painted(framed(picture, *rim), tile)
        return pixels_of(unframed(painted, *rim))

    def _painted(self, picture: Picture, tile: int) -> Picture:
        height, width = picture.shape[2:]
        if height * width <= tile * tile:
            return self.network(picture.to(self.device)).cpu()
        tile = tile // STRIDE * STRIDE
        spans = [
            (
                _span(top, tile, self.network.reach, height),
                _span(left, tile, self.network.reach, width),
            )
            for top in range(0, height, tile)
            for left in range(0, width, tile)
        ]
        parts = [((down.read, across.read), (down.inner, across.inner)) for down, across in spans]

        def read() -> Iterator[tuple[Picture, Window]]:
            for (rows, columns), window in parts:
                yield picture[:, :, rows, columns].to(self.device), window

        painted = torch.empty_like(picture)
        with self.network.holding(read):
            for (down, across), (part, (rows, columns)) in zip(spans, read()):
                found = self.network(part)[:, :, rows, columns]
                painted[:, :, down.tile, across.tile] = found.cpu()
        return painted


def load(run: str | Path, *, device: str = "auto") -> FastPainter:
    """The painter that a run of `style train` ended with.

    Raises RunError for a folder without one, of another panel, damaged, or of a newer version."""
    folder = Path(run)
    description, tensors = model_files.load_model(folder)
    if description.get("panel") != PANEL or KIND not in description:
        raise RunError(f"Expected a run of `triptych style train`, {folder} is another. Name one.")
    try:
        network = Feedforward.from_description(description[KIND])
        network.load_state_dict(tensors)
    except MISFITS as error:
        raise RunError(
            f"{folder / model_files.DESCRIPTION} and its weights do not fit this triptych or each "
            f"other ({type(error).__name__}). Train again."
        ) from error
    if not all(tensor.isfinite().all() for tensor in tensors.values()):
        raise RunError(f"{folder / model_files.WEIGHTS} holds what are no numbers. Train again.")
    return FastPainter(network, named_device(device))


def keep(folder: Path, network: Feedforward, size: int) -> None:
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
) -> Iterator[tuple[Path, Painting]]:
    """Pictures painted at once, one after the other, each with the file it was painted from;
    folders stand for the pictures in them.

    Raises RunError, ConfigError, and ImageError where it comes to a picture that cannot be read."""
    painter = load(run, device=device)
    files = images.expand_paths(pictures)
    return ((file, painter.paint(images.read(file), size=size, tile=tile)) for file in files)


@dataclass(frozen=True)
class Span:
    """A tile along one side of a picture, in its pixels; the part to read for it; and where in the
    part the tile lies."""

    tile: slice
    read: slice
    inner: slice


def _span(start: int, tile: int, reach: int, whole: int) -> Span:
    """Parts begin at multiples of the network's stride, as only then cells lie as in the whole."""
    first, end = max(0, start - reach), min(start + tile, whole)
    last = min(whole, start + tile + reach)
    return Span(slice(start, end), slice(first, last), slice(start - first, end - first))
