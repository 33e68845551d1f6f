"""Several objects an image: measured, placed and pasted."""
