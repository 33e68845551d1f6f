"""Decode untrusted picture files."""
