"""Annotated images of the user: a table of them, kept beside a cache, and their splits."""
