"""How fast a picture is painted, how coarse to fine compares with one scale, and sizes with sizes.

The measure of speed is the total cost of the same features at the full size: first 500 steps of
L-BFGS at that size alone, from the content; then the default, and the default with more steps at
the last scale, and when they first came as low. Where they end by chance is part of it, so several
pictures are painted.
"""

from collections.abc import Sequence
from time import process_time
from typing import Any

import torch
from torch import Tensor

from triptych.frame.errors import AssetNotFoundError
from triptych.frame.storage import assets, images
from triptych.style.assets import CONTENTS, PAINTINGS
from triptych.style.imaging.conversions import to_tensor
from triptych.style.imaging.scales import build_scales, fit_longer_side, resize
from triptych.style.objectives.build import build_method
from triptych.style.objectives.objective import ObjectiveFactory, ScaleInputs
from triptych.style.optimization.config import StepLog, TransferConfig
from triptych.style.optimization.style_optimizer import StyleOptimizer

PAIRS = (
    ("golden_gate", "starry_night_vangogh"),
    ("chicago", "starry_night_vangogh"),
    ("venice_boat", "the_scream_munch"),
)
NAMED = {asset.name.split("/")[-1]: asset for asset in (*CONTENTS, *PAINTINGS)}
CONTENT, PAINTING = (NAMED[name] for name in PAIRS[0])
SINGLE = 500  # steps at one scale
LONGER = 0.3  # of these steps at the last scale, where it is to come as low
THIRD = 1 / 3  # of the time of one scale: the aim
SIZES = (256, 768)
SEEN_AT = 256  # pixels they are all judged at: a picture of 256 has nothing finer to judge


def style(
    features: str,
    size: int = 512,
    single: int = SINGLE,
    pairs: Sequence[tuple[str, str]] = PAIRS,
    method: ObjectiveFactory | None = None,
) -> list[dict[str, Any]]:
    """Rows for each picture: one scale, coarse to fine, the same with more steps at the last."""
    method = method or build_method(features, device="cpu")
    rows: list[dict[str, Any]] = []
    for pair in pairs:
        pictures = [sample(NAMED[name]) for name in pair]
        height, width = pictures[0].shape[2:]
        usual = [scale.steps for scale in build_scales(height, width, size, None, method.schedule)]
        ways = {
            "one scale": (single,),
            "coarse to fine": usual,
            "longer": (*usual[:-1], round(LONGER * single)),
        }
        alone: list[StepLog] = []
        for way, steps in ways.items():
            painter, spent = painted(
                method, TransferConfig(size=size, steps=tuple(steps)), *pictures
            )
            alone = alone or painter.history
            told = compared(painter.history, alone)
            rows.append({"content": pair[0], "way": way, **told, "core s": round(spent, 1)})
    return rows


def sizes(
    features: str,
    painted_at: Sequence[int] = SIZES,
    seen_at: int = SEEN_AT,
    method: ObjectiveFactory | None = None,
) -> list[dict[str, Any]]:
    """The style cost of pictures painted at each size, with the same strength, all of them judged
    at one size; and how many times that of the first each is."""
    method = method or build_method(features, device="cpu")
    pictures = [sample(asset) for asset in (CONTENT, PAINTING)]
    content, hand = (at_size(picture, seen_at) for picture in pictures)
    objective = method.objective(ScaleInputs(content, (hand,), (1.0,), TransferConfig().strength))
    rows: list[dict[str, Any]] = []
    for size in painted_at:
        painter, _ = painted(method, TransferConfig(size=size), *pictures)
        seen = resize(painter.image.cpu(), *content.shape[2:])
        parts = objective.evaluate(seen).parts
        layers = [cost for name, cost in parts.items() if name.startswith("style/")]
        style = sum(layers) / len(layers)
        first = rows[0]["style"] if rows else style
        row = {"painted at": size, "seen at": seen_at, "content": round(parts["content"], 5)}
        rows.append({**row, "style": round(style, 5), "times": round(style / first, 3)})
    return rows


def at_size(picture: Tensor, longer: int) -> Tensor:
    """A picture with a longer side of so many pixels."""
    return resize(picture, *fit_longer_side(picture.shape[2], picture.shape[3], longer))


def painted(
    method: ObjectiveFactory, settings: TransferConfig, content: Tensor, hand: Tensor
) -> tuple[StyleOptimizer, float]:
    """A painter that has finished, and the seconds of all cores it took."""
    painter = StyleOptimizer(content, [hand], method, settings)
    begun = process_time()
    for _ in painter:
        pass
    return painter, process_time() - begun


def compared(history: Sequence[StepLog], alone: Sequence[StepLog]) -> dict[str, Any]:
    """What is said of a painting beside that at one scale, `alone`: when its total at the last
    scale first was as low, as a share of the other's time; and how far above it is at a third."""
    goal, spent, last = alone[-1].total, alone[-1].seconds, history[-1]
    rows = [row for row in history if row.scale == last.scale]
    reached = next((row.seconds / spent for row in rows if row.total <= goal), None)
    early = [row.total for row in rows if row.seconds <= THIRD * spent]
    above = f"{100 * (min(early) / goal - 1):.2f} %" if early else "not there"
    return {
        "size": last.size,
        "steps": len(history),
        "seconds": round(last.seconds, 1),
        "total": round(last.total, 5),
        "as low at share of time": "never" if reached is None else round(reached, 3),
        "above it at 1/3 of time": above,
    }


def sample(asset: assets.Asset) -> Tensor:
    """A picture our figures were measured on; where it is not at hand, waves of colour."""
    try:
        return to_tensor(images.read(assets.fetch_or_locate(asset)))
    except AssetNotFoundError:
        chance = torch.Generator().manual_seed(asset.size)
        coarse = torch.rand(1, 3, 12, 16, generator=chance)
        return torch.nn.functional.interpolate(coarse, scale_factor=32, mode="bicubic").clamp(0, 1)
