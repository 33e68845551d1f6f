"""Networks that answer about images, by PyTorch or without it."""
