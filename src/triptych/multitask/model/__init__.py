"""One backbone with many heads, saved, loaded and drawn.

A dataset's info and head names come in; a network and its diagram go out.
"""
