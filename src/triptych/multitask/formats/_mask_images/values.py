"""The numbers in the pixels of masks, and what kind of mask they make."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from jaxtyping import Bool
from numpy import ndarray

from ....frame.errors import ImageError
from ...structures.mask_file import Values

Kind = Literal["binary", "classes", "instances"]
BORDER = 255  # what VOC, Cityscapes and those after them ignore
SOFT_VALUES = 16  # more grey values than classes: the blurred edge of a binary mask
SOFT_SHARE = 0.95  # of pixels that are nearly black or white in such a mask
WHOLE_SHARE = 0.9  # of values that are one connected area each, where values are objects
MOST_OBJECTS = 5000  # in a mask; beyond, it is no mask of objects


@dataclass(frozen=True)
class MaskSample:
    """What the pixels of one mask hold.

    Parameters:
        values: that occur, sorted.
        soft: whether it is black and white with blurred edges.
        whole: of the values above 0, how many are one connected area each.
    """

    values: tuple[int, ...]
    soft: bool
    whole: int


def sample(values: Values) -> MaskSample:
    """What the pixels of a mask hold.

    Parameters:
        values: of its pixels.
    """
    present = np.unique(values)
    soft = bool(
        len(present) > SOFT_VALUES
        and present[-1] <= BORDER
        and ((values <= 16) | (values >= 239)).mean() >= SOFT_SHARE
    )
    whole = 0
    if len(present) <= 256 and not soft:
        for value in present[present > 0]:
            areas, _ = cv2.connectedComponents((values == value).astype(np.uint8), connectivity=8)
            whole += areas == 2  # the background is one too
    return MaskSample(tuple(present.tolist()), soft, whole)


def kind_of(samples: Sequence[MaskSample]) -> Kind:
    """What kind of masks these are.

    Binary: 0 and one other value each. Instances: from 0 on without a gap, as many as there are
    things, each one connected area, and not as many in all masks. Classes: the others.

    Parameters:
        samples: of some of the masks.
    """
    if all(one.soft or _is_binary(one.values) for one in samples):
        return "binary"
    counted = [one for one in samples if one.values != (0,)]
    gapless = all(one.values == tuple(range(len(one.values))) for one in counted)
    numbers = [len(one.values) - 1 for one in counted]
    many = max(one.values[-1] for one in samples) > BORDER
    varied = len(set(numbers)) > 1 and max(numbers) > 1
    whole = sum(one.whole for one in counted) >= WHOLE_SHARE * sum(numbers)
    return "instances" if many or (gapless and varied and whole) else "classes"


def objects_in(
    values: Values, ignored: Sequence[int] = ()
) -> Iterator[tuple[int, int, int, Bool[ndarray, "height width"]]]:
    """Each value above 0: the value, its left and top, and its pixels, cut to where they are.

    Parameters:
        values: of the pixels of a mask.
        ignored: values that are no things.

    Raises ImageError for more than `MOST_OBJECTS`.
    """
    rows, columns = np.nonzero(values)
    of_pixel = values[rows, columns]
    order = np.argsort(of_pixel, kind="stable")
    rows, columns, of_pixel = rows[order], columns[order], of_pixel[order]
    present, starts = np.unique(of_pixel, return_index=True)
    if len(present) > MOST_OBJECTS:
        raise ImageError(f"it holds {len(present)} values, which are not as many things")
    if not len(present):
        return
    top, bottom = (f.reduceat(rows, starts) for f in (np.minimum, np.maximum))
    left, right = (f.reduceat(columns, starts) for f in (np.minimum, np.maximum))
    for value, y, low, x, high in zip(present.tolist(), top, bottom, left, right, strict=True):
        if value not in ignored:
            crop = values[y : low + 1, x : high + 1]
            yield value, int(x), int(y), crop == value


def _is_binary(values: tuple[int, ...]) -> bool:
    return values in ((0,), (1,), (BORDER,)) or (len(values) == 2 and values[0] == 0)
