"""Errors by group of people.

A CSV of groups and encoded photos come in; tables, a plot and a section of a report go out.
"""
