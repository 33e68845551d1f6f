"""Pretrained networks, one a file: what `--features` takes by name."""

from ...frame.registry import Registry
from ._pretrained import Pretrained

NETWORKS: Registry[type[Pretrained]] = Registry("network", "triptych.style.networks", Pretrained)
