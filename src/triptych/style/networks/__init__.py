"""Pretrained networks, one a file: what `--features` takes by name."""

from ...frame.registry import Registry
from ._pretrained import PretrainedExtractor

NETWORKS: Registry[type[PretrainedExtractor]] = Registry(
    "network", "triptych.style.networks", PretrainedExtractor
)
