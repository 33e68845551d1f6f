"""Backbones, one a file: an image comes in, a pyramid of feature maps goes out.

A module without a leading underscore is a backbone; what they share is in those with one.
"""

from ..frame import registry
from ._backbone import Backbone, FeatureInfo, FeaturePyramid

BACKBONES: registry.Registry[type[Backbone]] = registry.Registry(
    "backbone", "triptych.backbones", Backbone
)
"""Every backbone by its name: `BACKBONES["unet"](channels, height, width)` builds one."""

__all__ = ["BACKBONES", "Backbone", "FeatureInfo", "FeaturePyramid"]
