"""Many objects in an image: maps of centers, suppression of doubles, and what it is worth.

Shapes of objects go in, maps to learn from go out; maps of a network go in, objects with scores go
out, and are matched with the truth.
"""
