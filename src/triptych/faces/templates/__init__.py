"""Several photos of a person fused into one vector.

Vectors come in, with their quality where it is known; templates, and the people nearest to a face
by theirs, go out.
"""
