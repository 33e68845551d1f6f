"""Heads, one question a file."""

from ...frame.registry import Registry
from ._head import Head

HEADS: Registry[type[Head]] = Registry("head", "triptych.multitask.heads", Head)
