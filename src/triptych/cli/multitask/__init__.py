"""The commands of the first panel.

Parsed options come in; tables, predictions and pictures go out.
"""
