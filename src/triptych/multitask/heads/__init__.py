"""Heads, one question a file: a backbone's maps come in; outputs, losses and annotations go out.

A module without a leading underscore is a head.
"""

from ...frame.registry import Registry
from ._head import Head

HEADS: Registry[type[Head]] = Registry("head", "triptych.multitask.heads", Head)
