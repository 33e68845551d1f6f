"""Detectors, one a file: photos come in; faces with five landmarks go out.

A module without a leading underscore is a detector.
"""

from ...frame.registry import Registry
from ._detector import Detector

DETECTORS: Registry[type[Detector]] = Registry("detector", "triptych.faces.detectors", Detector)
