"""From a photo to upright crops of faces.

RGB images come in; faces with five landmarks, their quality and aligned crops go out.
"""
