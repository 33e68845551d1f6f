"""The parts of the YOLO format."""
