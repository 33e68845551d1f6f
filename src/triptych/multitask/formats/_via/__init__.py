"""The parts of VIA: its regions and attributes."""
