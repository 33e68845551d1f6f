"""Sets of points."""
