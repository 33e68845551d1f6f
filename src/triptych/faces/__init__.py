"""Faces: is this the same person, and who is it."""
