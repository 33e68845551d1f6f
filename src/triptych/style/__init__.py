"""Style: paint one picture in another's hand."""
