"""What the dataset of own pictures is made of."""
