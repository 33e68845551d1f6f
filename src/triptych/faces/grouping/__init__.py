"""Unnamed faces grouped by person, and several photos of a person fused into one vector.

Embeddings come in; groups of rows, or templates, go out.
"""
