"""Trainings killed at random moments and gone on with, beside one that nobody disturbed."""
