"""The parts of the Pascal VOC format."""
