"""Everything that is read from or written to disk.

Paths and bytes of unknown origin come in; checked images, model weights and complete files go
out.
"""
