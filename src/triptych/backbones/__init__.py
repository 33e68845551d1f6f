"""Backbones, one a file: an image comes in, a pyramid of feature maps goes out.

A module without a leading underscore is a backbone; what they share is in those with one.
"""

from ..frame.registry import Registry
from ._backbone import Backbone, FeatureInfo, FeaturePyramid

__all__ = ["BACKBONES", "Backbone", "FeatureInfo", "FeaturePyramid"]

BACKBONES: Registry[type[Backbone]] = Registry("backbone", "triptych.backbones", Backbone)
