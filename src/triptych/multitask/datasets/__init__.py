"""Datasets, one a file."""

from ...frame.registry import Shelf
from ..data.dataset import Dataset

DATASETS: Shelf[type[Dataset]] = Shelf("dataset", "triptych.multitask.datasets")
