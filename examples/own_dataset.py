"""A dataset of your own: two digits side by side, and the sum of both.

    python examples/own_dataset.py --epochs 4

The cutouts come from any source of digits; the dataset says what is made of them and what is true.
"""

from pathlib import Path

import torch
import typer
from torch import Tensor

from triptych import multitask
from triptych.frame.rng import CounterRNG
from triptych.multitask import DATASETS, Batch, DatasetInfo
from triptych.multitask.data.dataset import Split
from triptych.multitask.datasets._digit_dataset import DigitDataset


class AddedDigits(DigitDataset):
    """Two random digits an image; the class is their sum."""

    @property
    def info(self) -> DatasetInfo:
        sums = range(2 * len(self.classes) - 1)
        width = 2 * self.cutout_size[1]
        return self.digit_info(
            dataset="added-digits",
            targets=("label",),
            width=width,
            classes=tuple(map(str, sums)),
            head_names={"label": "sum"},
        )

    def make_batch(self, split: Split, indices: Tensor, rng: CounterRNG) -> Batch:
        pairs = rng.integers("pairs", self.num_cutouts(split), 2).flatten()
        digits = self.shifted_digits(split, pairs, rng.fork("pair", 2))
        left, right = digits.images[0::2], digits.images[1::2]
        return Batch.of(torch.cat([left, right], 3), indices, label=digits.label.view(-1, 2).sum(1))


DATASETS.register("added-digits", AddedDigits)  # from now on it is a dataset like any other


def main(
    epochs: int | None = None,
    source: str | None = None,
    out: Path = Path("runs/examples/own-dataset"),
) -> None:
    """Train a network that adds."""
    trained = multitask.train("added-digits", source=source, epochs=epochs, out=out)
    for name, value in trained.evaluation.metrics.items():
        print(f"{name} {value:.4f}: {trained.evaluation.definitions[name]}")


if __name__ == "__main__":
    typer.run(main)
