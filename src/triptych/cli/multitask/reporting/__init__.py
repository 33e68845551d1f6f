"""Commands that tell what runs are worth, one by one and beside each other."""
