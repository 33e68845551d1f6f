"""Trained models as files that run without this library: pictures in, answers in their pixels out."""
