"""Batches of images with targets, made by tensor operations.

Cutouts from a source and image indices come in; batches of images with their targets go out.
"""
