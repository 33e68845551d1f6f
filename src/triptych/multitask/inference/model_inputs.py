"""From any image to what a network is shown of it."""

from collections.abc import Sequence

from ...frame.storage.decoding.decode import Ground
from ..preprocessing.prepare import Invert, ModelInput, prepare_ink
from ..preprocessing.whole_image import Pixels, convert_channels
from ..structures.info import DatasetInfo
from .whole_image import prepare_whole


def ground_of(info: DatasetInfo) -> Ground:
    """What a transparent image is laid on before a model is shown it.

    Parameters:
        info: of the model.
    """
    return "contrast" if info.input == "ink" else "white"


def model_inputs(pixels: Pixels, info: DatasetInfo, invert: Invert) -> Sequence[ModelInput]:
    """What a network is shown of an image: the whole of it, or each character written in it.

    Parameters:
        pixels: grey or RGB, of any size.
        info: of the model, whose `input` says which.
        invert: "yes" or "no" where the border of the image is not to decide.
    """
    if info.input == "image":
        return [prepare_whole(pixels, info, invert)]
    gray = convert_channels(pixels, info.channels)[..., 0]
    return prepare_ink(gray, (info.height, info.width), invert=invert)
