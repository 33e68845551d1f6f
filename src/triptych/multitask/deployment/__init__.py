"""Trained models as files for other programs: pictures in, answers in their pixels out."""
