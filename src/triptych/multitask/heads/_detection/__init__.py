"""What the heads share that find every object in an image."""
