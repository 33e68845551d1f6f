"""Experiment trackers: settings and figures of a training go in, and to whom the user names.

A tracker is a comfort: one that is lost is told once, and the training goes on without it.
"""

from .trackers import build_loggers as build_loggers
from .trackers import close_loggers as close_loggers
from .trackers import tracker_names as tracker_names
