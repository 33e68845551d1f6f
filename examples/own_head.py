"""A head of your own: where is the center of mass of the ink?

    python examples/own_head.py --epochs 4

One class is all it takes: what it reads, its layers, its loss, its metrics, how an annotation is
drawn, and what it answers in an exported file.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
import typer
from torch import Tensor, nn

from triptych import multitask
from triptych.backbones._backbone import FeatureInfo, FeaturePyramid
from triptych.frame.drawing.annotate import ImageCanvas
from triptych.multitask import HEADS, Annotation, Batch, Circle, DatasetInfo, Head, PerImageMetric
from triptych.multitask.answers.answer import Answer, ImageFrame
from triptych.multitask.heads._keypoints.spatial_softmax import SpatialSoftmax


class CenterHead(Head):
    """The mean place of a mask's pixels, in pixels of the image; drawn as a dot."""

    target_name = "mask"  # any dataset with masks can train it
    answer_kind = "circle"  # in an exported file

    def __init__(self, info: DatasetInfo, feature_info: Sequence[FeatureInfo]):
        super().__init__(info, feature_info)
        self.image_size = max(info.height, info.width)
        finest = feature_info[0]
        self.spatial_softmax = SpatialSoftmax(finest.channels, 8, finest.reduction)
        self.linear = nn.Linear(16, 2)

    def target(self, batch: Batch) -> Tensor:
        ink = batch[self.target_name].float()
        ys, xs = (torch.arange(size, device=ink.device) + 0.5 for size in ink.shape[1:])
        moments = torch.stack([ink.sum(1) @ xs, ink.sum(2) @ ys], 1)
        return moments / ink.sum((1, 2)).clamp(min=1)[:, None]

    def forward(self, features: FeaturePyramid) -> Tensor:
        points = self.spatial_softmax(features[0])
        return points.mean(1) + self.linear(points.flatten(1) / self.image_size - 0.5).float()

    def loss(self, output: Tensor, target: Tensor) -> Tensor:
        return (output - target).square().sum(1).mean() / self.image_size

    def metrics(self) -> dict:
        return {"near": Near()}

    def ground_truth(self, batch: Batch) -> list[Annotation]:
        return self.decode(self.target(batch))

    def decode(self, output: Tensor) -> list[Annotation]:
        return [Circle(x, y, 1.0) for x, y in output.tolist()]

    def export_answer(self, output: Tensor, frame: ImageFrame) -> Answer:
        dots = torch.cat([output, torch.ones_like(output[:, :1])], 1)
        return Answer.of("circle", frame.circles(dots))

    def answered_output(self, parts: Mapping[str, Tensor]) -> Tensor:
        return parts[""][:, :2]

    def draw(self, canvas: ImageCanvas, annotation: Annotation) -> None:
        assert isinstance(annotation, Circle)
        canvas.circle(annotation.x, annotation.y, annotation.radius)


class Near(PerImageMetric):
    """Of points (batch, 2) against points."""

    definition = "share of images whose center is predicted to within half a pixel"

    def per_image(self, output: Tensor, target: Tensor) -> Tensor:
        return ((output - target).norm(dim=1) < 0.5).float()


HEADS.register("center", CenterHead)  # from now on it is a head like any other


def main(
    epochs: int | None = None,
    source: str | None = None,
    out: Path = Path("runs/examples/own-head"),
) -> None:
    """Train it beside one of the built-in heads."""
    trained = multitask.train(
        "digits", heads=["center", "label"], source=source, epochs=epochs, out=out
    )
    for name, value in trained.evaluation.metrics.items():
        print(f"{name} {value:.4f}: {trained.evaluation.definitions[name]}")


if __name__ == "__main__":
    typer.run(main)
