"""The formulas: content, Gram and Wasserstein style, nearest patches.

Activations or patches come in; losses go out.
"""
