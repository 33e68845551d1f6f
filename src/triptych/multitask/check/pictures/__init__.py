"""The files of pictures: read once, small, and compared by how they look."""
