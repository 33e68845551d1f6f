"""Heads, one question a file."""

from ...frame.registry import Shelf
from ._head import Head

HEADS: Shelf[type[Head]] = Shelf("head", "triptych.multitask.heads")
