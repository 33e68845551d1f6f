"""A head of your own: where is the centre of mass of the ink?

    python examples/own_head.py --epochs 4

One class is all it takes: what it reads, its layer, its loss, its figures, and how an answer looks.
"""

from collections.abc import Sequence
from pathlib import Path

import torch
import typer
from torch import Tensor, nn

from triptych import multitask
from triptych.backbones._backbone import FeatureInfo, FeaturePyramid
from triptych.frame.drawing.annotate import ImageCanvas
from triptych.multitask import HEADS, Answer, Batch, Card, Head, PerImage
from triptych.multitask.heads._spatial_softmax import Places
from triptych.multitask.structures.annotations import Circle


class Centre(Head):
    """The mean place of a mask's pixels, in pixels of the image; answered as a dot."""

    needs = "mask"  # any dataset with masks can supply it

    def __init__(self, card: Card, levels: Sequence[FeatureInfo]):
        super().__init__(card, levels)
        self.side = max(card.height, card.width)
        self.places = Places(levels[0].channels, 8, levels[0].reduction)
        self.point = nn.Linear(16, 2)

    def target(self, batch: Batch) -> Tensor:
        assert batch.mask is not None
        ink = batch.mask.float()
        ys, xs = (torch.arange(size, device=ink.device) + 0.5 for size in ink.shape[1:])
        mass = torch.stack([ink.sum(1) @ xs, ink.sum(2) @ ys], 1)
        return mass / ink.sum((1, 2)).clamp(min=1)[:, None]

    def forward(self, features: FeaturePyramid) -> Tensor:
        points = self.places(features[0])
        return points.mean(1) + self.point(points.flatten(1) / self.side - 0.5).float()

    def loss(self, output: Tensor, target: Tensor) -> Tensor:
        return (output - target).square().sum(1).mean() / self.side

    def metrics(self) -> dict:
        return {"near": Near()}

    def truth(self, batch: Batch) -> list[Answer]:
        return self.decode(self.target(batch))

    def decode(self, output: Tensor) -> list[Answer]:
        return [Circle(x, y, 1.0) for x, y in output.tolist()]

    def draw(self, picture: ImageCanvas, answer: Answer) -> None:
        assert isinstance(answer, Circle)
        picture.circle(answer.x, answer.y, answer.radius)


class Near(PerImage):
    """Of points (batch, 2) against points."""

    definition = "share of images whose centre is found to within half a pixel"

    def per_image(self, output: Tensor, target: Tensor) -> Tensor:
        return ((output - target).norm(dim=1) < 0.5).float()


HEADS.register("centre", Centre)  # from now on it is a head like any other


def main(
    epochs: int | None = None,
    source: str | None = None,
    out: Path = Path("runs/examples/own-head"),
) -> None:
    """Train it beside one of the built-in heads."""
    trained = multitask.train(
        "digits", heads=["centre", "label"], source=source, epochs=epochs, out=out
    )
    for name, value in trained.evaluation.metrics.items():
        print(f"{name} {value:.4f}: {trained.evaluation.definitions[name]}")


if __name__ == "__main__":
    typer.run(main)
