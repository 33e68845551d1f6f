"""Tell in one line what was done with images that are not as expected."""

import warnings

from ...data.source import DataNotice


def notify(message: str) -> None:
    """Warn with a `DataNotice` that names no line of code, for none is at fault.

    Parameters:
        message: one line.
    """
    warnings.warn_explicit(message, DataNotice, "triptych", 0)
