"""Optional packages: imported where they are used, and named where they are missing."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

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


def package_file(package: str, *names: str) -> Path | None:
    """A file of an installed package, which is not imported for that; None where there is none.

    Parameters:
        package: of the first level, as it would be imported.
        names: paths of the file in the package, of which the first that is there is meant.
    """
    spec = find_spec(package)
    folders = (spec and spec.submodule_search_locations) or ()
    paths = (Path(folder, name) for folder in folders for name in names)
    return next((path for path in paths if path.is_file()), None)
