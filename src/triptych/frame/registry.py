"""Things found by name: one a file on a shelf, and what users add from their own scripts."""

import difflib
import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from .errors import UnknownNameError

T = TypeVar("T")


def nearest(word: str, choices: Iterable[str], kind: str) -> UnknownNameError:
    """The error for an unknown `word`: it names the closest of `choices`, then all of them."""
    choices = sorted(choices)
    close = difflib.get_close_matches(word.lower(), choices, n=1, cutoff=0.5)
    hint = f" Did you mean '{close[0]}'?" if close else ""
    return UnknownNameError(
        f"There is no {kind} '{word}'.{hint} Choose from: {', '.join(choices)}."
    )


class Shelf(Generic[T]):
    """The things of one kind. Every module of `package` holds one, named like its file.

    `colored_digits.py` holds `class ColoredDigits`, found as "colored-digits". A file is
    imported when its thing is asked for, so listing the names costs nothing.

    >>> shelf = Shelf("animal", "triptych.frame")
    >>> shelf.add("cat", dict)
    >>> shelf["cat"]
    <class 'dict'>
    >>> shelf["cta"]
    Traceback (most recent call last):
    ...
    triptych.frame.errors.UnknownNameError: There is no animal 'cta'. Did you mean 'cat'? ...
    """

    def __init__(self, kind: str, package: str):
        self.kind = kind
        self.package = package
        self._added: dict[str, T] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({*self._files(), *self._added}))

    def __contains__(self, name: object) -> bool:
        return name in self._added or name in self._files()

    def __getitem__(self, name: str) -> T:
        if name in self._added:
            return self._added[name]
        if name not in self._files():
            raise nearest(name, self, self.kind)
        stem = name.replace("-", "_")
        module = importlib.import_module(f"{self.package}.{stem}")
        return getattr(module, stem.title().replace("_", ""))

    def add(self, name: str, thing: T) -> None:
        """Put a thing of your own on the shelf. A taken name is refused: two would be confused."""
        if name in self and self._added.get(name) is not thing:
            raise UnknownNameError(f"The {self.kind} '{name}' exists already. Choose another name.")
        self._added[name] = thing

    def _files(self) -> set[str]:
        folder = importlib.import_module(self.package).__path__
        names = [module.name for module in pkgutil.iter_modules(folder)]
        return {name.replace("_", "-") for name in names if not name.startswith("_")}
