"""Whether heat maps point at the thing: `python -m benchmarks.pointing RUN`. For datasets with
boxes.

The pointing game (Zhang et al. 2016): an image is a hit where the hottest pixel of its map lies in
the box of the thing. Beside it the mean share of the heat above 0 that lies in the box, and what
both would be of a map that knows nothing: the share of the image that the box is.
"""

from pathlib import Path
from typing import Annotated

import torch
import typer
from jaxtyping import Bool, Float
from torch import Tensor

from triptych.frame.progress import no_progress
from triptych.frame.storage import run_folder
from triptych.multitask.engine.task import TaskConfig, open_task
from triptych.multitask.explanation.explained_head import ExplainedHead
from triptych.multitask.explanation.methods import METHODS
from triptych.multitask.model.multitask_model import MultitaskModel

AT_ONCE = 50


def inside(
    boxes: Float[Tensor, "batch 4"], size: tuple[int, int]
) -> Bool[Tensor, "batch height width"]:
    """Which pixels have their middle in the box of each image."""
    y, x = (torch.arange(side) + 0.5 for side in size)
    left, top, right, bottom = boxes[:, :, None, None].unbind(1)
    across = (x >= left) & (x <= right)
    down = (y[:, None] >= top) & (y[:, None] <= bottom)
    return across & down


def pointing(
    heat: Float[Tensor, "batch height width"], box: Bool[Tensor, "batch height width"]
) -> Float[Tensor, "batch 3"]:
    """Of each map whether it points into the box, the share of its heat in it, and whether it has
    any heat; without any the first two are 0."""
    warm = heat.clamp(min=0)
    total = warm.sum((1, 2))
    hottest = warm.flatten(1).argmax(1, keepdim=True)
    hit = box.flatten(1).gather(1, hottest)[:, 0] & (total > 0)
    share = (warm * box).sum((1, 2)) / total.clamp(min=1e-12)
    return torch.stack([hit.float(), share, (total > 0).float()], 1)


def main(
    run: Annotated[Path, typer.Argument(help="A finished run.")],
    count: Annotated[int, typer.Option(min=1, help="Test images.")] = 1000,
    method: Annotated[list[str] | None, typer.Option(help="In METHODS (all)")] = None,
    layer: Annotated[str | None, typer.Option(help="Of Grad-CAM.")] = None,
) -> None:
    """Print, for each head and method, hits and heat in the box."""
    with run_folder.reading_record(run) as record:
        task, seed = TaskConfig.from_dict(record["plan"]), record["settings"]["seed"]
    data, _ = open_task(run, task, seed=seed, device="cpu", progress=no_progress)
    model = MultitaskModel.load(run)
    rows: dict[tuple[str, str], list[Tensor]] = {}
    boxes = []
    for indices in torch.arange(min(count, data.size("test"))).split(AT_ONCE):
        batch = data.batch("test", indices)
        boxes.append(inside(batch["box"], (data.info.height, data.info.width)))
        for head in model.heads:
            explained = ExplainedHead(model, head, batch.images, layer=layer)
            for name in method or METHODS:
                heat = METHODS[name].compute(explained, batch.images)
                rows.setdefault((head, name), []).append(pointing(heat, boxes[-1]))
    every = torch.cat(boxes)
    typer.echo(f"{len(every):,} test images; a box is {every.float().mean():.3f} of the image")
    for (head, name), parts in rows.items():
        hit, share, any_heat = torch.cat(parts).mean(0).tolist()
        values = f"hits {hit:.3f}  heat in the box {share:.3f}  maps with heat {any_heat:.3f}"
        typer.echo(f"{head:<10} {name:<22} {values}")


if __name__ == "__main__":
    typer.run(main)
