"""Active learning: what a model says of pictures, for people to correct it in their tool."""
