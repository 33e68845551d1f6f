"""What the writers share: folders whole or not at all, pictures beside annotations."""
