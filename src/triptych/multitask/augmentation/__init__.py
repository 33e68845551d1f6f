"""Random changes of training images, a whole batch at a time and on its device.

A `Batch` comes in with a `CounterRNG`; a `Batch` goes out whose targets have followed its images.
"""

from .augment import augment as augment
from .config import AugmentationConfig as AugmentationConfig
