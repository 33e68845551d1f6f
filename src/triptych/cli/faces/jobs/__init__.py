"""`triptych faces jobs …`: very many photos, by several workers."""
