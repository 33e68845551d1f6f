"""Check annotated images before a network learns from them: what there is, and what is wrong."""
