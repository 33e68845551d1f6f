"""What size and colors a network sees of images of any size."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress

import numpy as np

from ....frame.errors import ImageError
from ...annotated.annotated_set import AnnotatedSet
from ...annotated.joined_sets import JoinedSets
from ...annotated.pictures import read_picture
from .config import ImagesConfig

SAMPLE = 64  # images that are looked at
LARGEST = 224  # pixels of the longer side, where nobody says otherwise
STEP = 16  # pixels: sides are multiples, so that maps are halved without a rest
GREY_DIFFERENCE = 2.0  # of red, green and blue, mean over the pixels: JPEG's rounding


def canvas_shape(
    annotated: AnnotatedSet | JoinedSets, rows: Sequence[int], config: ImagesConfig
) -> tuple[int, int, int]:
    """Channels, height and width of what a network sees.

    Parameters:
        annotated: the images.
        rows: numbers of images that are looked at, of which a sample is read.
        config: what the user says of it.

    Where nothing is said, the aspect is that of most images, and the longer side as long as that of
    most of them, at most 224.
    """
    pictures = []
    for row in rows[:: max(1, len(rows) // SAMPLE)][:SAMPLE]:
        with suppress(ImageError):
            pictures.append(read_picture(annotated.image(row, objects=False), 2 * LARGEST))
    if not pictures:
        raise ImageError(
            f"None of the first pictures in {annotated.root} can be read. Run triptych data check."
        )
    aspects = Counter(round(picture.width / picture.height, 2) for picture in pictures)
    aspect, count = aspects.most_common(1)[0]
    aspect = aspect if count > len(pictures) / 2 else 1.0
    longest = float(np.median([max(picture.width, picture.height) for picture in pictures]))
    longer = config.size or min(longest, LARGEST)
    sides = longer / max(aspect, 1), longer * min(aspect, 1)
    height, width = (max(STEP * 2, round(side / STEP) * STEP) for side in sides)
    grey = all(_is_grey(picture.pixels) for picture in pictures)
    channels = 1 if config.color == "grey" or (config.color == "auto" and grey) else 3
    return channels, config.height or height, config.width or width


def _is_grey(pixels: np.ndarray) -> bool:
    some = pixels[::4, ::4].astype(np.float32)
    return bool((some.max(2) - some.min(2)).mean() < GREY_DIFFERENCE)
