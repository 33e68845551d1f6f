"""Digits and emoji drawn by our own code.

Seeds and classes come in; small images with alpha go out.
"""
