"""Choices and defaults of style transfer that its parts and the command line share.

Imports nothing heavy, so that help texts are made from it at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Lt

from ..frame.config import option

AUTO = "auto"  # the best network that needs no download
PATCHES = "patches"  # the features that need no network
STYLE_WEIGHT = 8.0  # of style against content at strength ½: by eye, over many pairs
DEFAULT_FEATHER = 1 / 64  # of the longer side: how far a mask's edge is blended

ColorMode = Literal["style", "match", "luminance"]
"""The style's colors; the content's palette given to the style before painting; or the content's
own colors, pixel by pixel, under the painting's luminance."""

Init = Literal["content", "noise", "style", "image"]
Optimizer = Literal["lbfgs", "adam"]
Pooling = Literal["max", "average"]
Statistics = Literal["gram", "wasserstein"]

FILELESS_INITS = ("content", "noise", "style")  # starts that need no image of their own


@dataclass(frozen=True)
class FeatureConfig:
    """What a network is read for: the options of `build_method` that patches do not have."""

    pooling: Pooling = option(
        "average", "average, which gives longer strokes (Gatys et al. 2015), or max"
    )
    statistics: Statistics = option(
        "wasserstein", "wasserstein, or gram: what of a layer is compared for style"
    )
    variation: Annotated[float, Ge(0), Lt(float("inf"))] = option(
        0.07, "weight of total variation: smoothness"
    )
    octaves: Annotated[int, Ge(1)] = option(4, "sizes at which images are compared, at most")
    content_layer: str | None = option(
        None, "where the content is read: relu4_2; otherwise the network's own layer"
    )
    layers: Mapping[str, float] | None = option(
        None, "where style is read: relu1_1=1,relu2_1=0.5; otherwise the network's own layers"
    )
    half: bool = option(False, "keep VGG-19 at half precision: 26 MB, not 80")
