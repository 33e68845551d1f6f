"""Encoders, one a file: aligned crops of faces come in; unit vectors go out.

A module without a leading underscore is an encoder.
"""

from ...frame.registry import Registry
from ._encoder import Encoder

ENCODERS: Registry[type[Encoder]] = Registry("encoder", "triptych.faces.encoders", Encoder)
