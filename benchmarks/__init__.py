"""How fast it is, measured on this machine: `python -m benchmarks`."""
