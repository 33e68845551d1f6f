"""The commands of the third panel, `triptych style …`.

A content image, styles and options come in; images and run folders go out.
"""
