"""An image as a whole, prepared for a network."""

from ..preprocessing.prepare import Invert, ModelInput
from ..preprocessing.whole_image import Pixels, border_color, convert_channels, fit_whole
from ..structures.info import DatasetInfo


def prepare_whole(pixels: Pixels, info: DatasetInfo, invert: Invert = "auto") -> ModelInput:
    """An image letterboxed to the size a model was trained on; where the model knows bright things
    on a dark background only, an image with a light border is inverted first.

    Parameters:
        pixels: grey or RGB, of any size.
        info: of the model.
        invert: "yes" or "no" where the border is not to decide.
    """
    pixels = convert_channels(pixels, info.channels)
    light = info.inverts and bool(border_color(pixels).mean() > 127)
    inverted = light if invert == "auto" else invert == "yes"
    canvas, placement = fit_whole(255 - pixels if inverted else pixels, info.height, info.width)
    return ModelInput(canvas, placement, inverted)
