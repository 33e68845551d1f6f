"""Stylize images at once, with a network that was trained for one style."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from ...frame.errors import ConfigError, ImageError, RunError
from ...frame.storage import model_files
from ...frame.storage.image_folder import SkippedImage
from ...frame.storage.images import ImageLike, expand_paths
from ...frame.storage.run_kind import FAST_STYLE
from ...frame.training.devices import resolve_device as named_device
from ..imaging.conversions import as_list, to_tensor, to_uint8
from ..imaging.scales import crop_padding, fit_longer_side, padding_for, reflect_pad, resize
from ..imaging.transparency import PaintedPixels, read_content
from ..networks._extractor import Image
from .transformer_net import MIN_SIDE, STRIDE, TransformerNet, Window

PANEL = "style"
KIND = "feedforward"
TILE = 1536  # pixels of a tile's side, without what surrounds it: about 1.3 GB at the default width
LOAD_ERRORS = (AttributeError, KeyError, OverflowError, RuntimeError, TypeError, ValueError)


class FastStyler:
    """Paints images of any size in the one style it was trained for.

    An image of more than `tile` × `tile` pixels is painted in tiles, so that memory is bounded. The
    network normalizes by statistics of the whole image, so these are computed first, tile by tile
    and layer by layer: the image is the same as if painted whole, but takes about `blocks` + 4
    times as long. Tiles overlap by as far as the network sees.

    Parameters:
        network: trained for one style.
        device: to compute on.
    """

    def __init__(self, network: TransformerNet, device: torch.device | str = "cpu"):
        self.device = torch.device(device)
        self.network = network.to_device(self.device).eval()

    def paint(
        self, content: ImageLike, *, size: int | None = None, tile: int = TILE
    ) -> PaintedPixels:
        """The content painted, at its own size or with a longer side of `size` pixels.

        Parameters:
            content: a path, a file's bytes, a PIL image, or an array or tensor of RGB or RGBA.
            size: longer side in pixels; strokes have a size in pixels, so they are larger in a
                smaller image.
            tile: side above which it is painted in tiles, in pixels.

        Returns uint8 RGB; RGBA with the content's alpha where that is transparent in places.
        Raises ImageError for what is no image, ConfigError for a size or a tile out of range.
        """
        if tile < MIN_SIDE or (size is not None and size < 1):
            raise ConfigError(
                f"Expected a size of 1 or more and tiles of {MIN_SIDE} or more pixels, got size "
                f"{size} and tile {tile}."
            )
        original = read_content(content)
        image = to_tensor(original.pixels)
        if size is not None:
            image = resize(image, *fit_longer_side(image.shape[2], image.shape[3], size))
        padding = padding_for(image.shape[2:], MIN_SIDE)
        with torch.inference_mode():
            painted = self._paint_tensor(reflect_pad(image, *padding), tile)
        return original.with_alpha(to_uint8(crop_padding(painted, *padding)))

    def _paint_tensor(self, image: Image, tile: int) -> Image:
        height, width = image.shape[2:]
        if height * width <= tile * tile:
            return self.network(image.to(self.device)).cpu()
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
                yield image[:, :, rows, columns].to(self.device), window

        painted = torch.empty_like(image)
        with self.network.global_statistics(read):
            for (down, across), (part, (rows, columns)) in zip(spans, read()):
                result = self.network(part)[:, :, rows, columns]
                painted[:, :, down.tile, across.tile] = result.cpu()
        return painted


def load(run: str | Path, *, device: str = "auto") -> FastStyler:
    """The styler that a run of `style train` ended with.

    Parameters:
        run: its folder.
        device: "auto", "cpu", "cuda", "cuda:1" …

    Raises RunError for a folder without one, of another panel, damaged, or of a newer version.
    """
    folder = Path(run)
    description, tensors = model_files.load_model(folder, FAST_STYLE)
    try:
        network = TransformerNet.from_dict(description[KIND])
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
    """Write what `load` reads.

    Parameters:
        folder: of the run.
        network: that was trained.
        size: of the squares it was trained on, in pixels.

    Raises WriteError.
    """
    described = {"panel": PANEL, KIND: network.to_dict(), "size": size}
    model_files.save_model(folder, network.state_dict(), described)


def apply(
    run: str | Path,
    images: ImageLike | Iterable[ImageLike],
    *,
    size: int | None = None,
    tile: int = TILE,
    device: str = "auto",
    recursive: bool = False,
    skip: Callable[[str, ImageError], None] | None = None,
    left_out: Callable[[SkippedImage], None] | None = None,
) -> Iterator[tuple[Any, PaintedPixels]]:
    """Paint images one after the other in the style of a run.

    Parameters:
        run: its folder.
        images: paths, of which folders stand for the images in them, or images as
            `FastStyler.paint` takes them; one, or several.
        size: longer side in pixels; None keeps that of each image.
        tile: side above which an image is painted in tiles, in pixels.
        device: "auto", "cpu", "cuda", "cuda:1" …
        recursive: whether folders in the folders are read too.
        skip: told the name and the error of what is no image, which is then passed over.
        left_out: told of everything in the folders that is not read, with the reason; None: a
            line each on stderr.

    Returns an iterator of pairs: the path (or what was given) and the painted image as
    `FastStyler.paint` returns it. Raises
    RunError, ConfigError, and ImageError where it comes to an image that cannot be read, unless
    `skip` is given.
    """
    styler = load(run, device=device)
    sources: list[Any] = []
    for image in as_list(images):
        if isinstance(image, (str, Path)):
            sources += expand_paths([image], recursive=recursive, left_out=left_out or _print)
        else:
            sources.append(image)
    return _paint_each(styler, sources, size, tile, skip)


def _paint_each(
    styler: FastStyler,
    sources: Sequence[Any],
    size: int | None,
    tile: int,
    skip: Callable[[str, ImageError], None] | None,
) -> Iterator[tuple[Any, PaintedPixels]]:
    for number, source in enumerate(sources):
        try:
            painted = styler.paint(source, size=size, tile=tile)
        except ImageError as error:
            if skip is None:
                raise
            skip(str(source) if isinstance(source, (str, Path)) else f"image {number}", error)
            continue
        yield source, painted


def _print(skipped: SkippedImage) -> None:
    print(f"left out: {skipped.reason}", file=sys.stderr)


@dataclass(frozen=True)
class TileSpan:
    """A tile along one side of an image.

    Parameters:
        tile: pixels of the image.
        read: the part of the image to read for it.
        inner: where in that part the tile lies.
    """

    tile: slice
    read: slice
    inner: slice


def _span(start: int, tile: int, reach: int, whole: int) -> TileSpan:
    """The span of a tile. Parts begin at multiples of the network's stride, as only then cells lie
    as in the whole.
    """
    first, end = max(0, start - reach), min(start + tile, whole)
    last = min(whole, start + tile + reach)
    return TileSpan(slice(start, end), slice(first, last), slice(start - first, end - first))
