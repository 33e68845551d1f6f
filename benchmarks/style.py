"""How fast a picture is painted, how coarse to fine compares with one scale, and sizes with sizes.

The measure of speed is the total cost of the same features at the full size: first 500 steps of
L-BFGS at that size alone, from the content; then the default, and when it first came as low.
"""

from collections.abc import Sequence
from time import process_time
from typing import Any

import torch
from torch import Tensor

from triptych.frame import assets, images
from triptych.frame.errors import MissingAsset
from triptych.style.assets import CONTENTS, PAINTINGS
from triptych.style.methods import open_method
from triptych.style.objective import Method, Scene
from triptych.style.painter import Painter
from triptych.style.painting import picture_of
from triptych.style.scales import fitted, resized
from triptych.style.settings import Settings

CONTENT = next(asset for asset in CONTENTS if asset.name.endswith("golden_gate"))
PAINTING = next(asset for asset in PAINTINGS if asset.name.endswith("starry_night_vangogh"))
SINGLE = 500  # steps at one scale
NEAR = 1.01  # times a total: no eye sees the difference
SIZES = (256, 768)
SEEN_AT = 256  # pixels they are all judged at: a picture of 256 has nothing finer to judge


def style(
    features: str, size: int = 512, single: int = SINGLE, method: Method | None = None
) -> list[dict[str, Any]]:
    """A row each: one scale, coarse to fine. Seconds are those of the clock, and of all cores."""
    method = method or open_method(features, device="cpu")
    alone, spent = painted(method, Settings(size=size, steps=(single,)))
    goal = alone.history[-1].total
    fine, spent_finely = painted(method, Settings(size=size))
    rows = [told("one scale", alone, spent, goal), told("coarse to fine", fine, spent_finely, goal)]
    for row in rows:
        reached = row["as low after s"]
        row["share of time"] = round(reached / alone.seconds, 3) if reached else "never"
    return rows


def sizes(
    features: str,
    painted_at: Sequence[int] = SIZES,
    seen_at: int = SEEN_AT,
    method: Method | None = None,
) -> list[dict[str, Any]]:
    """The style cost of pictures painted at each size, with the same strength, all of them judged
    at one size; and how many times that of the first each is."""
    method = method or open_method(features, device="cpu")
    content, hand = (at_size(sample(asset), seen_at) for asset in (CONTENT, PAINTING))
    objective = method.objective(Scene(content, (hand,), (1.0,), Settings().strength))
    rows: list[dict[str, Any]] = []
    for size in painted_at:
        painter, _ = painted(method, Settings(size=size))
        seen = resized(painter.picture.cpu(), *content.shape[2:])
        parts = objective.judge(seen).parts
        layers = [cost for name, cost in parts.items() if name.startswith("style/")]
        style = sum(layers) / len(layers)
        first = rows[0]["style"] if rows else style
        row = {"painted at": size, "seen at": seen_at, "content": round(parts["content"], 5)}
        rows.append({**row, "style": round(style, 5), "times": round(style / first, 3)})
    return rows


def at_size(picture: Tensor, longer: int) -> Tensor:
    """A picture with a longer side of so many pixels."""
    return resized(picture, *fitted(picture.shape[2], picture.shape[3], longer))


def painted(method: Method, settings: Settings) -> tuple[Painter, float]:
    """A painter that has finished, and the seconds of all cores it took."""
    painter = Painter(sample(CONTENT), [sample(PAINTING)], method, settings)
    begun = process_time()
    for _ in painter:
        pass
    return painter, process_time() - begun


def told(way: str, painter: Painter, spent: float, goal: float) -> dict[str, Any]:
    """What is said of a painting, and when its total at the last scale first was the goal's."""
    last = painter.history[-1]
    rows = [row for row in painter.history if row.scale == last.scale]
    reached, near = (
        next((row.seconds for row in rows if row.total <= most), None)
        for most in (goal, NEAR * goal)
    )
    first = [row.seconds for row in painter.history if row.scale == 0][-1]
    return {
        "way": way,
        "size": last.size,
        "steps": len(painter.history),
        "seconds": round(painter.seconds, 1),
        "core s": round(spent, 1),
        "first scale s": round(first, 1),
        "total": round(last.total, 5),
        "as low after s": reached and round(reached, 1),
        "within 1 % after s": near and round(near, 1),
    }


def sample(asset: assets.Asset) -> Tensor:
    """A picture our figures were measured on; where it is not at hand, waves of colour."""
    try:
        return picture_of(images.read(assets.get(asset)))
    except MissingAsset:
        chance = torch.Generator().manual_seed(asset.size)
        coarse = torch.rand(1, 3, 12, 16, generator=chance)
        return torch.nn.functional.interpolate(coarse, scale_factor=32, mode="bicubic").clamp(0, 1)
