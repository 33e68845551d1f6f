"""The part of a report that shows what the network looks at."""

from collections.abc import Sequence
from importlib.util import find_spec

import numpy as np
import torch
from jaxtyping import UInt8
from numpy import ndarray

from ....frame.drawing.html_page import Image, ImageGrid, Section
from ....frame.errors import TriptychError
from ...engine.contact_sheets import to_uint8
from ...explanation.explainer import Explainer
from ...explanation.explanation import Explanation, HeadExplanation
from ...explanation.integrated_gradients import STEPS
from ...explanation.panels import explanation_panels
from ...heads._colors import head_colors
from ...structures.annotations import ClassLabel
from ..measurement import Measurement
from .joining import joined, webp
from .picture_sections import worst_first

IMAGES = 3  # that are explained
MOST_PIXELS = 2**22  # of all images on their ways from empty ones: more takes too long for a report


def explanation_section(seen: Measurement) -> Section | None:
    """Heat maps of what speaks for each head's answer, of the worst answer and two random ones;
    None without Captum, and where the model cannot be explained.

    Of large images fewer are shown, of very large ones without integrated gradients.

    Parameters:
        seen: the run, measured.
    """
    rows = _rows(seen)
    if find_spec("captum") is None or not rows:
        return None
    info, methods = seen.model.info, ["grad-cam"]
    pixels = len(seen.model.heads) * info.height * info.width * STEPS[0]
    if affordable := rows[: MOST_PIXELS // pixels]:
        rows = affordable
        methods.append("integrated-gradients")
    images = seen.dataset.batch(seen.split, torch.tensor(rows)).images
    try:
        explainer = Explainer(
            seen.model, methods=methods, device=str(seen.dataset.device), quick=True
        )
        explained = explainer.explain_batch(images)
    except TriptychError:
        return None
    grids = []
    for number, (row, image, one) in enumerate(zip(rows, images, explained)):
        title = f"{'Worst' if number == 0 else 'Random'}: {seen.name(row)}"
        tiles = [_tile(seen, to_uint8(image), name, each) for name, each in one.items()]
        grids.append(ImageGrid(tiles, title, compact=True))
    ways = "by Grad-CAM (Selvaraju et al. 2017)"
    if len(methods) > 1:
        ways += ", then by integrated gradients (Sundararajan et al. 2017)"
    text = (
        "Of each head the answer, and below it which places speak for it, in vermilion, or against "
        f"it, in blue: {ways}. The strongest places of each map are as strong in color. Heat says "
        "what the answer depends on, not whether it is right. Grad-CAM takes means over places, so "
        "it says little of boxes and circles."
    )
    return Section("What it looks at", [text], grids)


def _rows(seen: Measurement) -> Sequence[int]:
    """The number of the image with the worst answer, and of the first random others."""
    order = worst_first(seen)
    random = order[np.random.default_rng(0).permutation(len(order))]
    return list(dict.fromkeys([*order[:1].tolist(), *random.tolist()]))[:IMAGES]


def _tile(
    seen: Measurement,
    canvas: UInt8[ndarray, "height width channels"],
    name: str,
    explained: HeadExplanation,
) -> Image:
    """The answer of one head with its heat maps below."""
    heads = dict(seen.model.heads)
    one = Explanation("", canvas, {name: explained})
    drawn = explanation_panels(one, heads, head_colors(heads), silent=True)
    panels = [panel.pixels for panel in drawn]
    answer = explained.answer.summary()
    title = f"{name}: {answer}" if isinstance(explained.answer, ClassLabel) else name
    return Image(webp(joined(panels, below=True)), f"what speaks for {name}: {answer}", title)
