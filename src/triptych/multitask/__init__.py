"""multitask: one network looks at an image once and answers several questions."""

from .data.dataset import Dataset as Dataset
from .data.dataset import Options as Options
from .data.source import CutOuts as CutOuts
from .data.source import Source as Source
from .datasets import DATASETS as DATASETS
from .datasets._build import open_dataset as open_dataset
from .engine.evaluate import Evaluation as Evaluation
from .engine.evaluate import evaluate as evaluate
from .engine.predict import Prediction as Prediction
from .engine.predict import Predictor as Predictor
from .engine.train import Trained as Trained
from .engine.train import resume as resume
from .engine.train import train as train
from .heads import HEADS as HEADS
from .heads._head import Head as Head
from .metrics import PerImage as PerImage
from .model.multitask_model import Model as Model
from .sources import SOURCES as SOURCES
from .structures.annotations import Answer as Answer
from .structures.batch import Batch as Batch
from .structures.info import Card as Card

load = Predictor.load
