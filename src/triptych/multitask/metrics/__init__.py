"""Metrics of the heads: torchmetrics that keep a value per image and state their definition.

Each is updated with a head's (output, target). Higher is better, 1 is perfect.
"""

from .dense import MeanIoU, PixelIoU
from .function_metric import FunctionMetric, MetricLike, checked_metrics
from .per_image import Accuracy, BinaryIoU, BoxIoU, CircleIoU, ConditionalMetric, PerImageMetric
from .several_values import SeveralValues

__all__ = [
    "Accuracy",
    "BinaryIoU",
    "BoxIoU",
    "CircleIoU",
    "ConditionalMetric",
    "FunctionMetric",
    "MeanIoU",
    "MetricLike",
    "PerImageMetric",
    "PixelIoU",
    "SeveralValues",
    "checked_metrics",
]
