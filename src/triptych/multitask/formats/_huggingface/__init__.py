"""What the columns of Hugging Face's image tables mean."""
