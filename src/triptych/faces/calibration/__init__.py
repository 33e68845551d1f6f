"""The threshold for a false accept rate.

Embeddings with identities come in; a threshold with its interval and a probability curve go out.
"""
