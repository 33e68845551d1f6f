"""Datasets, one a file."""

from ...frame.registry import Shelf
from ..dataset import Dataset

DATASETS: Shelf[type[Dataset]] = Shelf("dataset", "triptych.multitask.datasets")
