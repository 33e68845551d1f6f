"""The commands of the second panel, `triptych faces …`.

Photos and options come in; results, identities and reports go out.
"""
