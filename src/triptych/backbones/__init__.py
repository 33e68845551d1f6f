"""Backbones, one a file."""

from ..backbone import Backbone
from ..frame.registry import Shelf

BACKBONES: Shelf[type[Backbone]] = Shelf("backbone", "triptych.backbones")
