"""How good embeddings are.

Embeddings with identities come in; ROC curves, verification and identification metrics with
intervals go out.
"""
