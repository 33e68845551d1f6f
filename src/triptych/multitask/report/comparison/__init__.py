"""Runs beside each other on the same images: what differs, how surely, and in which pictures.

Measurements of finished runs come in; differences with intervals and a page go out.
"""
