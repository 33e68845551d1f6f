"""multitask: one network looks at an image once and answers several questions."""

from .data.dataset import Dataset, DatasetConfig, Split
from .data.source import Cutouts, Source
from .datasets import DATASETS, open_dataset
from .datasets._digit_dataset import DigitDataset
from .datasets._synthetic_dataset import SyntheticDataset
from .engine.evaluate import EvaluationResult, evaluate
from .engine.predict import Predictor
from .engine.prediction import Prediction
from .engine.train import TrainResult, resume, train
from .heads import HEADS
from .heads._head import Head
from .heads._spatial_softmax import SpatialSoftmax
from .metrics import PerImageMetric
from .model.multitask_model import MultitaskModel
from .sources import SOURCES
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

load = Predictor.load

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
    "Cutouts",
    "Dataset",
    "DatasetConfig",
    "DatasetInfo",
    "DigitDataset",
    "EvaluationResult",
    "Head",
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
    "evaluate",
    "load",
    "open_dataset",
    "resume",
    "train",
]
