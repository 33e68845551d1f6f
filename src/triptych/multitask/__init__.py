"""multitask: one network looks at an image once and answers several questions."""

from .data.dataset import Dataset, DatasetConfig
from .data.source import Cutouts, Source
from .datasets import DATASETS, open_dataset
from .engine.evaluate import EvaluationResult, evaluate
from .engine.predict import Prediction, Predictor
from .engine.train import TrainResult, resume, train
from .heads import HEADS
from .heads._head import Head
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
from .structures.batch import Batch
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
    "EvaluationResult",
    "Head",
    "MultitaskModel",
    "PerImageMetric",
    "Prediction",
    "Predictor",
    "SemanticMap",
    "Source",
    "TrainResult",
    "evaluate",
    "load",
    "open_dataset",
    "resume",
    "train",
]
