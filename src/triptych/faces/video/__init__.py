"""Faces followed through a video, and named by what all their pictures say together.

A file, camera or stream comes in; events by track and an annotated video go out.
"""
