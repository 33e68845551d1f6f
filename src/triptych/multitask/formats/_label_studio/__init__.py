"""The parts of Label Studio: its regions in percent, brushes, and names of pictures."""
