"""The parts of the COCO format."""
