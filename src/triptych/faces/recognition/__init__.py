"""The verbs of the panel: verify, identify, enroll.

Photos come in; decisions with their distances go out.
"""
