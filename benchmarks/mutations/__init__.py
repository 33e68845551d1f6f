"""Damaged files through every reader: each must be read, or refused in one line."""
