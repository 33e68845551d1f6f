"""The parts of LabelMe: its shapes, what it has no key for, and writing."""
