"""The commands of the second panel, `triptych faces …`.

Photos and options come in; verdicts, identities and reports go out.
"""
