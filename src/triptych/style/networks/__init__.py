"""Pretrained networks, one a file: what `--features` takes by name."""

from ...frame.registry import Shelf
from ._pretrained import Pretrained

NETWORKS: Shelf[type[Pretrained]] = Shelf("network", "triptych.style.networks")
