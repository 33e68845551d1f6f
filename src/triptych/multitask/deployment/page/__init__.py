"""A model within one HTML page, which a browser runs without any network."""
