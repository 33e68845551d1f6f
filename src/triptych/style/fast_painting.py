"""Painting at once, with a network that was trained for one style."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import torch

from ..frame import images, weights
from ..frame.devices import device as named_device
from ..frame.errors import BadRun, BadSetting
from .feedforward import SMALLEST, STRIDE, Feedforward
from .network import Picture
from .painting import Pixels, picture_of, pixels_of
from .scales import fitted, framed, resized, unframed

PANEL = "style"
KIND = "feedforward"
TILE = 768  # pixels of a tile's side, without what surrounds it
MISFITS = (AttributeError, KeyError, OverflowError, RuntimeError, TypeError, ValueError)


class FastPainter:
    """Paints pictures of any size in the one style it was trained for.

    A picture larger than `tile` pixels a side is painted in tiles, so that memory is bounded. The
    network normalises by statistics of the whole picture; those are then taken from the picture at
    the size of a tile ("Thumbnail instance normalization", Chen et al. 2022), and tiles overlap
    by as much as the network can see, so that there are no seams.
    """

    def __init__(self, network: Feedforward, device: torch.device | str = "cpu"):
        self.device = torch.device(device)
        self.network = network.on(self.device).eval()

    def paint(self, content: Pixels, *, size: int | None = None, tile: int = TILE) -> Pixels:
        """The content painted, at its own size or with a longer side of `size` pixels.

        Strokes have a size in pixels: in a smaller picture they are larger. Raises BadSetting."""
        if tile < SMALLEST or (size is not None and size < 1):
            raise BadSetting(
                f"Expected a size of 1 or more and tiles of {SMALLEST} or more pixels, got size "
                f"{size} and tile {tile}."
            )
        picture = picture_of(content)
        if size is not None:
            height, width = fitted(content.shape[0], content.shape[1], size)
            picture = resized(picture, height, width)
        rows, columns = (max(0, -(-(SMALLEST - side) // 2)) for side in picture.shape[2:])
        with torch.inference_mode():
            painted = self._painted(framed(picture, rows, columns), tile)
        return pixels_of(unframed(painted, rows, columns))

    def _painted(self, picture: Picture, tile: int) -> Picture:
        height, width = picture.shape[2:]
        if height * width <= tile * tile:
            return self.network(picture.to(self.device)).cpu()
        thumbnail = resized(picture, *_floored(*fitted(height, width, tile)))
        painted = torch.empty_like(picture)
        with self.network.holding(thumbnail.to(self.device)):
            for top in range(0, height, tile):
                for left in range(0, width, tile):
                    rows, inner_rows = _span(top, tile, self.network.reach, height)
                    columns, inner_columns = _span(left, tile, self.network.reach, width)
                    part = picture[:, :, rows, columns].to(self.device)
                    found = self.network(part)[:, :, inner_rows, inner_columns]
                    painted[:, :, top : top + tile, left : left + tile] = found.cpu()
        return painted


def load(run: str | Path, *, device: str = "auto") -> FastPainter:
    """The painter that a run of `style train` ended with.

    Raises BadRun for a folder without one, of another panel, damaged, or of a newer version."""
    folder = Path(run).expanduser()
    description, tensors = weights.kept(folder)
    if description.get("panel") != PANEL or KIND not in description:
        raise BadRun(f"Expected a run of `triptych style train`, {folder} is another. Name one.")
    try:
        network = Feedforward.from_description(description[KIND])
        network.load_state_dict(tensors)
    except MISFITS as error:
        raise BadRun(
            f"{folder / weights.DESCRIPTION} and its weights do not fit this triptych or each "
            f"other ({type(error).__name__}). Train again."
        ) from error
    if not all(tensor.isfinite().all() for tensor in tensors.values()):
        raise BadRun(f"{folder / weights.WEIGHTS} holds what are no numbers. Train again.")
    return FastPainter(network, named_device(device))


def keep(folder: Path, network: Feedforward, size: int) -> None:
    """Write into `folder` what `load` reads. Raises CannotWrite."""
    described = {"panel": PANEL, KIND: network.description(), "size": size}
    weights.keep(folder, network.state_dict(), described)


def apply(
    run: str | Path,
    pictures: Iterable[str | Path],
    *,
    size: int | None = None,
    tile: int = TILE,
    device: str = "auto",
) -> Iterator[tuple[Path, Pixels]]:
    """Pictures painted at once, one after the other, each with the file it was painted from;
    folders stand for the pictures in them.

    Raises BadRun, BadSetting, and BadImage where it comes to a picture that cannot be read."""
    painter = load(run, device=device)
    files = images.pictures(pictures)
    return ((file, painter.paint(images.read(file), size=size, tile=tile)) for file in files)


def _span(start: int, tile: int, reach: int, whole: int) -> tuple[slice, slice]:
    """Pixels to read for a tile, and which of them are the tile itself; parts begin at multiples
    of the network's stride, for only then do cells lie as they do in the whole."""
    first = max(0, (start - reach) // STRIDE * STRIDE)
    last = min(whole, -(-(start + tile + reach) // STRIDE) * STRIDE)
    # a sliver at the end could not be mirrored
    last = whole if whole - last < SMALLEST else last
    inner = min(start + tile, whole) - first
    return slice(first, last), slice(start - first, inner)


def _floored(height: int, width: int) -> tuple[int, int]:
    return max(SMALLEST, height), max(SMALLEST, width)
