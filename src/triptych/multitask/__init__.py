"""multitask: one network looks at an image once and answers several questions."""

from typing import TYPE_CHECKING, Literal

from ..frame import lazy

if TYPE_CHECKING:  # contracts stand with their registries: who has one, has the other
    import pathlib

    from .data.dataset import DatasetConfig, Split
    from .data.source import Cutouts
    from .datasets import DATASETS, Dataset, open_dataset
    from .datasets._digit_dataset import DigitDataset
    from .datasets._synthetic_dataset import SyntheticDataset
    from .deployment.export import ExportResult, export
    from .engine.evaluate import EvaluationResult, evaluate
    from .engine.train import TrainResult, resume, train
    from .engine.tuning.cross_validation import CrossValidation, cross_validate
    from .explanation.explainer import Explainer
    from .explanation.explanation import Explanation, HeadExplanation
    from .explanation.maximal_activations import MaximalActivations, maximal_activations
    from .heads import HEADS
    from .heads._head import Head
    from .heads._keypoints.spatial_softmax import SpatialSoftmax
    from .inference.prediction import Prediction
    from .inference.predictor import Predictor
    from .metrics import PerImageMetric
    from .model.multitask_model import MultitaskModel
    from .report.comparison.compare import Comparison, compare
    from .sources import SOURCES, Source
    from .structures.annotations import (
        Annotation,
        BinaryMask,
        BoundingBox,
        Circle,
        ClassLabel,
        SemanticMap,
    )
    from .structures.batch import Batch, Target
    from .structures.info import DatasetInfo

__getattr__, __dir__ = lazy.exports(__name__, __file__)


def load(
    run: "str | pathlib.Path",
    *,
    device: str = "auto",
    invert: Literal["auto", "yes", "no"] = "auto",
    flip_average: bool = False,
) -> "Predictor":
    """The predictor of a finished run, or of a file that `triptych export` made of one.

    Parameters:
        run: its folder; or an .onnx file, which needs onnxruntime and no PyTorch.
        device: "auto", "cpu", "cuda" …; of a file "auto" or "cpu".
        invert: "yes" or "no" where the border of an image is not to decide.
        flip_average: whether outputs are averaged over each image and its mirror; wrong for things
            that are others in a mirror, such as letters.

    Raises RunError for a folder without a finished run, DataError for a file of another kind,
    ConfigError for what a file cannot do.
    """
    from .inference.predictor import Predictor

    return Predictor.load(run, device=device, invert=invert, flip_average=flip_average)


__all__ = [
    "DATASETS",
    "HEADS",
    "SOURCES",
    "Annotation",
    "Batch",
    "BinaryMask",
    "BoundingBox",
    "Circle",
    "ClassLabel",
    "Comparison",
    "CrossValidation",
    "Cutouts",
    "Dataset",
    "DatasetConfig",
    "DatasetInfo",
    "DigitDataset",
    "EvaluationResult",
    "Explainer",
    "Explanation",
    "ExportResult",
    "Head",
    "HeadExplanation",
    "MaximalActivations",
    "MultitaskModel",
    "PerImageMetric",
    "Prediction",
    "Predictor",
    "SemanticMap",
    "Source",
    "SpatialSoftmax",
    "Split",
    "SyntheticDataset",
    "Target",
    "TrainResult",
    "compare",
    "cross_validate",
    "evaluate",
    "export",
    "load",
    "maximal_activations",
    "open_dataset",
    "resume",
    "train",
]
