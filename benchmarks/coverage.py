"""Calibration of a run on many more test images than its dataset has by default: `python -m
benchmarks.coverage RUN`. For datasets that compose their images.
"""

from pathlib import Path
from typing import Annotated

import typer

from triptych.frame.progress import no_progress
from triptych.frame.storage import run_folder
from triptych.multitask.data.dataset import Split
from triptych.multitask.engine.evaluate import evaluate_model
from triptych.multitask.engine.task import TaskConfig, open_task
from triptych.multitask.model.multitask_model import MultitaskModel


def main(
    run: Annotated[Path, typer.Argument(help="A finished run.")],
    count: Annotated[int, typer.Option(min=1, help="Test images.")] = 10_000,
) -> None:
    """Print every figure of the run on that many test images."""
    with run_folder.reading_record(run) as record:
        task, seed = TaskConfig.from_dict(record["plan"]), record["settings"]["seed"]
    data, source = open_task(run, task, seed=seed, device="cpu", progress=no_progress)
    sizes = {split: data.size(split) for split in ("train", "validation")}

    def size(split: Split) -> int:
        return sizes.get(split, count)

    data.size = size  # pyright: ignore  # test images are made for any number
    evaluation = evaluate_model(MultitaskModel.load(run), data, "test", source)
    for name, value in evaluation.metrics.items():
        typer.echo(f"{name:<30} {value:.4f}")


if __name__ == "__main__":
    typer.run(main)
