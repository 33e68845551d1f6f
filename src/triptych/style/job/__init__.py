"""A transfer as a job that can be stopped and resumed.

Paths and settings come in; a picture and a run folder go out.
"""
