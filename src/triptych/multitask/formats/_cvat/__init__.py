"""The parts of CVAT: its shapes and images, and writing."""
