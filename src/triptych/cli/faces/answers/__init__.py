"""Answers about people in photos and videos, printed, drawn and written.

Results of the panel come in; lines, JSON, pictures, tables and videos go out.
"""
