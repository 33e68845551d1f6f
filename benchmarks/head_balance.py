"""When it matters how the heads' losses are weighed: `python -m benchmarks.head_balance`.

Trains a narrow network on `digits` and prints the validation figures of its best epoch.
"""

import json
from collections.abc import Callable
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory
from time import process_time
from typing import Annotated, Any

import torch
import typer

from triptych import multitask
from triptych.frame.config import TrainingConfig
from triptych.frame.training.callbacks import read_history
from triptych.multitask.balancing.shared_layers import head_gradients
from triptych.multitask.datasets import open_dataset
from triptych.multitask.engine.gradient_points import gradient_rows
from triptych.multitask.engine.lightning_module import MultitaskModule
from triptych.multitask.model.head_selection import resolve_heads, resolve_loss_weights
from triptych.multitask.model.multitask_model import MultitaskModel

SMALL = {"base_channels": 8, "max_channels": 32, "context": 1}
FIGURES = ("digit/accuracy", "box/iou", "circle/iou", "mask/jaccard", "score")
METHODS = ("fixed", "uncertainty", "gradnorm")


def trained(
    method: str, weights: dict[str, float], seed: int, *, source: str | None = None, **how: Any
) -> dict[str, Any]:
    """The validation figures of a training's best epoch, the heads' last weights, and the mean
    cosine of each two heads' gradients.

    `how` are settings of the training, `limit` among them.
    """
    with TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        multitask.train(
            "digits",
            out=run,
            source=source,
            loss_weights=weights,
            backbone_options=SMALL,
            head_balance=method,
            seed=seed,
            device="cpu",
            precision="fp32",
            progress=False,
            **how,
        )
        rows, points = read_history(run), gradient_rows(run)
        best = max(rows, key=lambda row: row["score"])
        learned = json.loads((run / "metrics.json").read_bytes()).get("head_weights", {})
    row: dict[str, Any] = {"weights": weights or "own", "balance": method, "seed": seed}
    row |= {name: round(best[name], 4) for name in FIGURES}
    row["learned"] = {name: float(f"{weight:.3g}") for name, weight in learned.items()}
    names = [name for name in (points or [{}])[0] if name.startswith("cosine/")]
    row["cosines"] = {n: round(mean(p[n] for p in points if n in p), 3) for n in names}
    return row


def step_costs(steps: int, source: str | None = None) -> list[dict[str, Any]]:
    """Milliseconds of processor time of a training step by each method, taken in turns, and of
    measuring the heads' gradients once; the default network of `digits`, batches of 32."""
    data = open_dataset("digits", source)
    heads = resolve_heads(data.info, None)
    modules = {}
    for method in METHODS:
        torch.manual_seed(0)
        model = MultitaskModel(data.info, heads, options=type(data).backbone_options)
        weights = resolve_loss_weights(data.info, heads, {})
        modules[method] = MultitaskModule(model, TrainingConfig(), weights, head_balance=method)
        modules[method].log = lambda *_, **__: None  # pyright: ignore
    optimizers = {
        name: torch.optim.AdamW(module.parameters(), lr=1e-3, fused=True)
        for name, module in modules.items()
    }
    seconds: dict[str, list[float]] = {name: [] for name in (*METHODS, "gradients measured")}
    fixed = modules["fixed"]
    learning = [*fixed.model.backbone.parameters()]
    for step in range(steps):
        batch = data.batch("train", torch.arange(32) + 32 * step)

        def take(name: str) -> None:
            optimizers[name].zero_grad()
            modules[name].training_step(batch, 0).backward()  # noqa: B023
            optimizers[name].step()

        for name in METHODS:
            seconds[name].append(_timed(lambda: take(name)))  # noqa: B023
        losses = fixed.losses(fixed.model(batch.images), batch)
        measure = _timed(lambda: head_gradients(losses, learning))  # noqa: B023
        seconds["gradients measured"].append(measure)
    middle = {name: 1e3 * sorted(each)[len(each) // 2] for name, each in seconds.items()}
    return [
        {"step": name, "ms": round(ms, 1), "of a fixed step": round(ms / middle["fixed"], 2)}
        for name, ms in middle.items()
    ]


def _timed(work: Callable[[], Any]) -> float:
    begun = process_time()
    work()
    return process_time() - begun


def main(
    methods: Annotated[str, typer.Option(help="Some of fixed, uncertainty, gradnorm.")] = ",".join(
        METHODS
    ),
    weight: Annotated[list[str] | None, typer.Option(help="HEAD=X; may be repeated.")] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Trainings of each kind.")] = 2,
    epochs: Annotated[int, typer.Option(min=1)] = 3,
    limit: Annotated[int, typer.Option(min=32, help="Training images.")] = 16_000,
    source: Annotated[str | None, typer.Option(help="As in `triptych train`.")] = None,
    costs: Annotated[int, typer.Option(help="Steps that are timed instead of trainings.")] = 0,
) -> None:
    """Print a JSON object for each training, or for each kind of step."""
    if costs:
        for row in step_costs(costs, source):
            typer.echo(json.dumps(row))
        return
    weights = {name: float(value) for name, _, value in (w.partition("=") for w in weight or [])}
    for method in methods.split(","):
        for seed in range(seeds):
            row = trained(method, weights, seed, source=source, epochs=epochs, limit=limit)
            typer.echo(json.dumps(row))


if __name__ == "__main__":
    typer.run(main)
