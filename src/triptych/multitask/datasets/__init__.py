"""Datasets, one a file."""

from ...frame.registry import Registry
from ..data.dataset import Dataset

DATASETS: Registry[type[Dataset]] = Registry("dataset", "triptych.multitask.datasets", Dataset)
