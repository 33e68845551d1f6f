"""Figures as functions of how often each image counts; their intervals; calibration errors."""
