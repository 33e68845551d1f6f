"""A metric and a callback of your own, from your own script.

    python examples/own_metric.py --epochs 4

The metric is a `torchmetrics.Metric`, the callback a Lightning `Callback`; both are handed in.
"""

from pathlib import Path

import typer
from lightning import LightningModule, Trainer
from lightning.pytorch.callbacks import Callback
from torch import Tensor

from triptych import multitask
from triptych.multitask import PerImageMetric


class Centered(PerImageMetric):
    """Of circles (batch, 3) against circles."""

    definition = "share of images whose circle is centered to within half a pixel"

    def per_image(self, output: Tensor, target: Tensor) -> Tensor:
        return ((output - target)[:, :2].norm(dim=1) < 0.5).float()


class GoodEnough(Callback):
    """Ends the training once nine circles in ten are centered."""

    def on_validation_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        share = float(trainer.callback_metrics["circle/centered"])
        print(f"after epoch {trainer.current_epoch + 1}: {share:.1%} are centered")
        trainer.should_stop = share > 0.9


def main(
    epochs: int | None = None,
    source: str | None = None,
    out: Path = Path("runs/examples/own-metric"),
) -> None:
    """Train circles until they are centered well enough."""
    trained = multitask.train(
        "circled-digits",
        source=source,
        metrics={"circle/centered": Centered()},
        callbacks=[GoodEnough()],
        epochs=epochs,
        out=out,
    )
    for name, value in trained.evaluation.metrics.items():
        print(f"{name} {value:.4f}: {trained.evaluation.definitions[name]}")


if __name__ == "__main__":
    typer.run(main)
