"""Coarse to fine, step by step.

An objective and a configuration come in; the optimized image goes out.
"""
