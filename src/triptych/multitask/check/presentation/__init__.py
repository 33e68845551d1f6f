"""What a check says, as a page, and annotated pictures drawn."""
