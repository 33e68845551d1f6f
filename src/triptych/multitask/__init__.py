"""multitask: one network looks at an image once and answers several questions."""

from .answer import Answer as Answer
from .batch import Batch as Batch
from .card import Card as Card
from .dataset import Dataset as Dataset
from .dataset import Options as Options
from .datasets import DATASETS as DATASETS
from .evaluation import Evaluation as Evaluation
from .evaluation import evaluate as evaluate
from .head import Head as Head
from .heads import HEADS as HEADS
from .metrics import PerImage as PerImage
from .model import Model as Model
from .opening import open_dataset as open_dataset
from .prediction import Prediction as Prediction
from .prediction import Predictor as Predictor
from .source import CutOuts as CutOuts
from .source import Source as Source
from .sources import SOURCES as SOURCES
from .training import Trained as Trained
from .training import resume as resume
from .training import train as train

load = Predictor.load
