"""Embeddings learnt from triplets.

Crops with identities come in; a run folder that is an encoder goes out.
"""
