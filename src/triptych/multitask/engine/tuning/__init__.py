"""Settings that are found instead of guessed: learning rate, batch, when to stop."""
