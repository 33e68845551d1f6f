"""How masks are paired with pictures, what their numbers mean, and what they are called."""
