"""What the heads share that find every object in an image."""

import math
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from ....backbones._backbone import FeatureInfo, FeaturePyramid
from ....frame.drawing.annotate import ImageCanvas
from ....frame.drawing.colors import Color
from ...answers.answer import Answer, ImageFrame
from ...detection.center_maps import center_maps
from ...detection.drawing import draw_detections
from ...detection.losses import focal_loss, shape_cells, shape_loss
from ...detection.matching import FoundObjects
from ...detection.pairwise import ShapeGeometry
from ...detection.peaks import find_peaks
from ...detection.score_thresholds import DetectionEvidence, break_even_scores
from ...detection.suppression import non_maximum_suppression
from ...structures.annotations import Annotation, BoundingBox, Circle
from ...structures.batch import Batch
from ...structures.detections import DetectedObject, Detections
from ...structures.info import DatasetInfo
from ...structures.object_rows import ObjectRows
from .explained import ExplainedCenters
from .exported import pack_objects, ranked_answer, unpack_objects

if TYPE_CHECKING:
    from torchmetrics import Metric


STRIDE = 4  # pixels a cell of the map that is read, at most
HIDDEN = 64  # channels between
UNNAMED = "object"  # the class of objects that have none
PRIOR = 0.05  # probability of a center before anything is learned
MOST_FOUND = 100  # objects an image; more where the training images have more
LEAST_SCORE = 0.02  # below which a center is none
SAME_OBJECT = 0.5  # overlap of two of a class, above which they are one
USUAL_THRESHOLD = 0.3  # score from which an object is told, until it is fitted
MAX_EXPONENT = 8.0  # of e, for sizes: no number is infinite, however wrong a network


class DetectionHead(ExplainedCenters):
    """Every object of each class, from a map of their centers, without anchors.

    After CenterNet (Zhou et al. 2019) for boxes and CircleNet (Yang et al. 2020) for circles. A map
    a class says how likely a cell is the center of an object; others say where its shape lies from
    there, learned by distance and by overlap, which is what is measured.
    """

    needs_decoder = True
    backbone_options: ClassVar[Mapping[str, Any]] = {"finest": STRIDE, "context": 0}

    numbers: ClassVar[int]
    """How many numbers a shape has."""

    geometry: ClassVar[ShapeGeometry]
    """Overlap and area of its shapes."""

    annotation_class: ClassVar[Callable[..., BoundingBox | Circle]]
    """What its numbers are, in their order."""

    shape_name: ClassVar[Literal["boxes", "circles"]]

    score_thresholds: Float[Tensor, " classes"]
    """The score from which an object of each class is told."""

    def __init__(self, info: DatasetInfo, feature_info: Sequence[FeatureInfo]):
        super().__init__(info, feature_info)
        self.names = tuple(info.extra.get("object_classes", info.classes)) or (UNNAMED,)
        self.size = info.height, info.width
        known = info.extra.get("most_objects", 0)
        self.most_found = max(MOST_FOUND, 2 * int(known))
        self.level_index = max(
            i for i, level in enumerate(feature_info) if i == 0 or level.reduction <= STRIDE
        )
        level = feature_info[self.level_index]
        self.stride = level.reduction
        self.trunk = nn.Sequential(
            nn.Conv2d(level.channels, HIDDEN, 3, padding=1, bias=False),
            nn.BatchNorm2d(HIDDEN),
            nn.ReLU(inplace=True),
        )
        self.heat = nn.Conv2d(HIDDEN, len(self.names), 1)
        self.shape = nn.Conv2d(HIDDEN, self.numbers, 1)
        assert self.heat.bias is not None
        nn.init.constant_(self.heat.bias, -math.log(1 / PRIOR - 1))
        nn.init.normal_(self.shape.weight, std=0.01)
        self.register_buffer("score_thresholds", torch.full((len(self.names),), USUAL_THRESHOLD))

    @staticmethod
    @abstractmethod
    def centers_and_half_sides(
        shapes: Float[Tensor, "*batch numbers"],
    ) -> tuple[Float[Tensor, "*batch 2"], Float[Tensor, "*batch 2"]]:
        """The center (x, y) of each shape, and half the width and height of the box around it."""

    @staticmethod
    @abstractmethod
    def to_shapes(
        raw: Float[Tensor, "cells numbers"], cells: Float[Tensor, "cells 2"], stride: int
    ) -> Float[Tensor, "cells numbers"]:
        """The shapes that cells say.

        Parameters:
            raw: what the network gives in each cell.
            cells: the middle (x, y) of each, in pixels.
            stride: pixels a cell.
        """

    def target(self, batch: Batch) -> Float[Tensor, "batch objects columns"]:
        """The objects, as `ObjectRows.to_tensor` gives them."""
        return batch[self.target_name]

    def forward(self, features: FeaturePyramid) -> Float[Tensor, "batch maps rows columns"]:
        """A logit a class, then the raw numbers of the shape, in each cell."""
        x = self.trunk(features[self.level_index])
        return torch.cat([self.heat(x), self.shape(x)], 1)

    def loss(self, output: Tensor, target: Tensor) -> Float[Tensor, ""]:
        """Focal loss of the centers, as in CenterNet, and of the shapes 1 − IoU and smooth L1 in
        units of the object's size; each divided by the number of objects of an image."""
        truth = ObjectRows.from_tensor(target)
        centers, half_sides = self.centers_and_half_sides(truth.shapes)
        logits, raw = output.split([len(self.names), self.numbers], 1)
        grid = {"stride": self.stride, "size": (output.shape[2], output.shape[3])}
        maps = center_maps(truth, centers, half_sides, classes=len(self.names), **grid)
        objects = truth.to_find.sum(1).clamp(min=1)
        heat = focal_loss(logits, maps.heat, maps.counts) / objects
        image, row, column, owner, weight = shape_cells(maps, truth)
        wanted = truth.shapes[image, owner]
        middle = torch.stack([column + 0.5, row + 0.5], 1) * self.stride
        said = self.to_shapes(raw[image, :, row, column], middle, self.stride)
        shape = shape_loss(said, wanted, half_sides[image, owner], self.geometry.iou)
        return heat.mean() + (weight / objects[image] * shape).sum() / len(output)

    def detect(self, output: Float[Tensor, "batch maps rows columns"]) -> FoundObjects:
        """All objects that an output holds, doubtful ones too, the surest first.

        Parameters:
            output: what `forward` gave.
        """
        logits, raw = output.float().split([len(self.names), self.numbers], 1)
        peaks = find_peaks(logits.sigmoid(), self.most_found)
        cells = peaks.rows * raw.shape[3] + peaks.columns
        middle = torch.stack([peaks.columns + 0.5, peaks.rows + 0.5], 2) * self.stride
        values = raw.flatten(2).transpose(1, 2)
        values = values.gather(1, cells[..., None].expand(-1, -1, self.numbers))
        shapes = self.to_shapes(values.flatten(0, 1), middle.flatten(0, 1), self.stride)
        shapes = shapes.view(*cells.shape, self.numbers)
        valid, iou = peaks.scores >= LEAST_SCORE, self.geometry.iou
        kept = non_maximum_suppression(shapes, peaks.classes, valid, iou=iou, threshold=SAME_OBJECT)
        return FoundObjects(shapes, peaks.classes.masked_fill(~kept, -1), peaks.scores * kept)

    def is_sure(self, found: FoundObjects) -> Bool[Tensor, "batch objects"]:
        """Which objects are told: those whose score reaches the threshold of their class.

        Parameters:
            found: what `detect` gave.
        """
        thresholds = self.score_thresholds.to(found.scores.device)
        return found.present & (found.scores >= thresholds[found.classes.clamp(min=0)])

    def decision_evidence(self, output: Tensor, target: Tensor) -> DetectionEvidence:
        """What was found in images, and what is there."""
        return self.detect(output).cpu(), ObjectRows.from_tensor(target.cpu())

    def fit_decision(self, evidence: Sequence[DetectionEvidence]) -> None:
        """Tell an object of a class from the score on at which as many are found as there are:
        there precision equals recall, and counts are right in the mean.

        Parameters:
            evidence: of images that were not trained on.
        """
        fitted = break_even_scores(evidence, self.geometry, len(self.names), least=LEAST_SCORE)
        known = fitted.isfinite()
        self.score_thresholds[known] = fitted[known].to(self.score_thresholds)

    def metrics(self) -> dict[str, "Metric"]:
        """AP50, AP50–95 and the error of counts."""
        return self._metrics(self.detect)

    def ground_truth(self, batch: Batch) -> list[Annotation]:
        """The true objects of each image, those too that need not be found."""
        truth = ObjectRows.from_tensor(self.target(batch))
        scores = torch.ones_like(truth.classes, dtype=torch.float32)
        return self._detections(truth.present, truth.shapes, truth.classes, scores, truth.counts)

    def decode(self, output: Tensor) -> list[Annotation]:
        """The objects of each image of which the head is sure enough, the surest first."""
        found = self.detect(output)
        sure = self.is_sure(found)
        counts = torch.ones_like(sure)
        return self._detections(sure, found.shapes, found.classes, found.scores, counts)

    def export_answer(self, output: Tensor, frame: ImageFrame) -> Answer:
        """All objects, doubtful ones too, the surest first."""
        place = frame.boxes if self.shape_name == "boxes" else frame.circles
        return ranked_answer(self.shape_name, self.detect(output), self.is_sure, place)

    def answered_output(self, parts: Mapping[str, Tensor]) -> Tensor:
        """The objects as `pack_objects` gives them."""
        return pack_objects(parts)

    def answer_metrics(self) -> dict[str, "Metric"]:
        """Those of `metrics`, of objects that are found already."""
        return self._metrics(unpack_objects)

    @staticmethod
    @abstractmethod
    def draw_shape(canvas: ImageCanvas, shape: BoundingBox | Circle, color: Color | None) -> None:
        """Outline one object.

        Parameters:
            canvas: with the image.
            shape: in the image's pixels.
            color: of the line; None for the pen's.
        """

    def draw(self, canvas: ImageCanvas, annotation: Annotation) -> None:
        """Outline every object in the color of its class, and say below how many there are."""
        assert isinstance(annotation, Detections)
        draw_detections(canvas, annotation, self.names, self.draw_shape, self.shape_name)

    def _metrics(self, detect: Callable[[Tensor], FoundObjects]) -> dict[str, "Metric"]:
        from ...detection.detection_metric import DetectionMetric

        how = self.names, self.geometry, detect, self.is_sure, self.shape_name
        return {"ap50": DetectionMetric(*how)}

    def _detections(self, told: Tensor, *rows: Tensor) -> list[Annotation]:
        """Rows of each image that are told: shapes, classes, scores, and whether each counts."""
        return [
            Detections(
                tuple(
                    DetectedObject(self.annotation_class(*numbers), self.names[number], *rest)
                    for numbers, number, *rest in zip(*(row[here].tolist() for row in image))
                )
            )
            for here, *image in zip(told.cpu(), *(row.cpu() for row in rows))
        ]
