"""Backbones, one a file."""

from ..frame.registry import Shelf
from ._backbone import Backbone

BACKBONES: Shelf[type[Backbone]] = Shelf("backbone", "triptych.backbones")
