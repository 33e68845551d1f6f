"""What the sources of files share: finding a set by its names, and making cutouts of arrays."""
