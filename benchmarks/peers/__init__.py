"""Other programs, each measured in an environment of its own."""
