"""Pictures of explanations: an answer drawn on its image, and heat laid over it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import UInt8
from numpy import ndarray

from ...frame.drawing.annotate import ImageCanvas, Pen
from ...frame.drawing.colors import BLUE, VERMILION, Color
from ...frame.drawing.text import LegendEntry
from ..heads._head import Head
from .explanation import Explanation, Heat
from .methods import METHODS

FOR, AGAINST = VERMILION, BLUE
"""Warm speaks for the answer, cold against it: the pair every eye tells apart."""

LEGEND = (LegendEntry(FOR, "speaks for the answer"), LegendEntry(AGAINST, "against it"))

FADED = 0.35  # of its contrast that a picture keeps below the heat
PALE = 250  # what white becomes there
STRONGEST = 0.92  # opacity of the hottest pixels
OUTLIERS = 99.5  # percentile of a map that is shown as the hottest


@dataclass(frozen=True, eq=False)
class Panel:
    """One picture of a sheet.

    Parameters:
        pixels: RGB.
        title: what it shows.
    """

    pixels: UInt8[ndarray, "_ _ 3"]
    title: str


def explanation_panels(
    explanation: Explanation,
    heads: Mapping[str, Head],
    colors: Mapping[str, Color],
    *,
    silent: bool = False,
) -> Iterator[Panel]:
    """For each head that is explained the picture with the answer, then a heat map a method.

    Parameters:
        explanation: of one image.
        heads: that draw, by name.
        colors: of the heads, by name.
        silent: whether nothing is written below the answers, so that all pictures are as high.
    """
    for name, one in explanation.heads.items():
        canvas = ImageCanvas(explanation.canvas)
        canvas.pen = Pen(colors[name], name=name, silent=silent)
        heads[name].draw(canvas, one.answer)
        about = f"{name}: why {one.about}?" if one.about else f"{name}: the answer"
        yield Panel(canvas.pixels, about)
        for method, heat in one.heat.items():
            pixels = draw_heat(explanation.canvas, heat, canvas.zoom)
            yield Panel(pixels, METHODS[method].title)


def draw_heat(
    image: UInt8[ndarray, "height width channels"], heat: Heat, zoom: int = 1
) -> UInt8[ndarray, "drawn_height drawn_width 3"]:
    """A faded grey picture with the heat over it, each pixel as opaque as it is hot.

    The strongest pixels of every map are as opaque: maps say where, not how much.

    Parameters:
        image: grey or RGB, 0 … 255.
        heat: of its pixels.
        zoom: pixels of the picture per pixel of the image.
    """
    gray = image.astype(np.float32).mean(2, keepdims=True)
    faded = (PALE - (255 - gray) * FADED).repeat(3, 2)
    size = np.abs(heat)
    most = np.percentile(size, OUTLIERS) or size.max()
    opacity = STRONGEST * np.clip(size / most, 0, 1) if most > 0 else np.zeros_like(size)
    color = np.where(heat[..., None] > 0, np.array(FOR), np.array(AGAINST))
    mixed = faded + (color - faded) * opacity[..., None]
    return np.rint(mixed).astype(np.uint8).repeat(zoom, 0).repeat(zoom, 1)
