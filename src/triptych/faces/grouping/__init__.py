"""Unnamed faces grouped by person.

Photos come in; clusters of faces go out.
"""
