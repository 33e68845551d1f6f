"""Optional packages: imported where they are used, and named where they are missing."""

from collections.abc import Iterator
from contextlib import contextmanager

from .errors import MissingDependencyError


@contextmanager
def requires(purpose: str, packages: str, install: str) -> Iterator[None]:
    """Within the block optional packages are imported; an ImportError is told in one line.

    Parameters:
        purpose: what they are for, in the singular: "A gallery".
        packages: their names, as users know them: "SQLAlchemy".
        install: what pip is to install: "triptych[faces]".

    Raises MissingDependencyError where one of them is not installed.

    >>> with requires("A gallery", "SQLAlchemy", "triptych[faces]"):
    ...     import no_such_module
    Traceback (most recent call last):
    triptych.frame.errors.MissingDependencyError: A gallery needs SQLAlchemy, which is not \
installed. Run: pip install 'triptych[faces]'.
    """
    try:
        yield
    except ImportError as error:
        verb = "are" if " and " in packages else "is"
        raise MissingDependencyError(
            f"{purpose} needs {packages}, which {verb} not installed. Run: pip install '{install}'."
        ) from error
