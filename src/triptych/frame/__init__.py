"""What every panel stands in, and nothing about any of them.

Files, settings, colors and steps come in from all three panels; run folders, pictures and
progress events go out.
"""
