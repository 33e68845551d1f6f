"""triptych: see, recognise and paint with one idea, a backbone and small parts on top of it."""

__version__ = "0.1.0"
