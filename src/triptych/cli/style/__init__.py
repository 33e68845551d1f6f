"""The commands of the third panel, `triptych style …`.

A content image, styles and options come in; pictures and run folders go out.
"""
