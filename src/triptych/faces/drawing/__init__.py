"""Faces drawn in their photo: boxes, each with a label that hides no other.

Places and texts come in; a picture goes out.
"""
