"""Registry of parts by name: one module of a package each, and what users bring."""

import difflib
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar, TypeGuard, TypeVar

from .errors import UnknownNameError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

T = TypeVar("T", bound=type)


def unknown_name_error(
    word: str, choices: Iterable[str], kind: str, *, meant: str | None = None
) -> UnknownNameError:
    """The error for a name that does not exist: it says the nearest, then all there are.

    Parameters:
        word: as it was typed.
        choices: names that exist.
        kind: what they are names of: "dataset".
        meant: the name that is surely meant, where that is known; else the most alike is told.
    """
    choices = sorted(choices)
    close = difflib.get_close_matches(str(word).lower(), choices, n=1, cutoff=0.5)
    close = [meant] if meant else close
    hint = f" Did you mean '{close[0]}'?" if close else ""
    return UnknownNameError(
        f"There is no {kind} '{word}'.{hint} Choose from: {', '.join(choices)}."
    )


class Registry(Mapping[str, T]):
    """The classes of one kind by name; a module is imported when its class is asked for.

    There are three ways in, and none needs an edit elsewhere:

    - every public module of `package` holds one class that keeps the `contract`, and is named like
      it: `heads/box.py` is "box", `datasets/colored_digits.py` is "colored-digits";
    - an installed package offers one by the entry point group "triptych.KINDs", such as
      "triptych.heads" (https://packaging.python.org/specifications/entry-points);
    - a script or a plug-in file calls `register`.

    Iteration gives the names in alphabetical order and imports nothing.
    """

    instances: ClassVar[list["Registry"]] = []
    """Every registry, for those that bring parts without knowing what kinds there are."""

    def __init__(self, kind: str, package: str, contract: T):
        """
        Parameters:
            kind: what one part is called in errors: "head".
            package: the package whose public modules are the built-in parts.
            contract: the class that every part is a subclass of.
        """
        self.kind = kind
        self.package = package
        self.contract = contract
        self._registered: dict[str, T] = {}
        self.instances.append(self)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({*self._modules, *self._entry_points, *self._registered}))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __contains__(self, name: object) -> bool:
        return name in self._registered or name in self._modules or name in self._entry_points

    def __getitem__(self, name: str) -> T:
        """The class of this name. Raises UnknownNameError with the nearest one."""
        if name in self._registered:
            return self._registered[name]
        if name in self._modules:
            return self._class_of(importlib.import_module(f"{self.package}.{self._modules[name]}"))
        if name in self._entry_points:
            return self._entry_points[name].load()
        raise unknown_name_error(name, self, self.kind)

    def get(self, name: str, default: Any = None) -> Any:
        """The class of this name, or `default`: UnknownNameError is no KeyError, as `Mapping.get`
        expects, for the loaders of runs take a KeyError for a damaged file."""
        try:
            return self[name]
        except UnknownNameError:
            return default

    def register(self, name: str, part: T) -> None:
        """Add a class of your own. Raises UnknownNameError for a name that is another's."""
        if name in self and self._registered.get(name) is not part:
            raise UnknownNameError(f"The {self.kind} '{name}' exists already. Choose another name.")
        self._registered[name] = part

    def parts_of(self, module: ModuleType) -> list[T]:
        """The concrete public classes that a module defines and that keep the contract."""
        return [value for name, value in vars(module).items() if self._is_part(name, value, module)]

    def _is_part(self, name: str, value: object, module: ModuleType) -> TypeGuard[T]:
        return (
            inspect.isclass(value)
            and issubclass(value, self.contract)
            and value.__module__ == module.__name__
            and not inspect.isabstract(value)
            and not name.startswith("_")
        )

    def name_of(self, part: T) -> str:
        """What a class is called: its own `name`, else its class name in words without the kind.

        `class RotatedDigits(Dataset)` is "rotated-digits", `class KeypointsHead(Head)` "keypoints".
        """
        own = vars(part).get("name")
        if isinstance(own, str):
            return own
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", part.__name__).lower()
        return words.removesuffix(f"-{self.kind}")

    def _class_of(self, module: ModuleType) -> T:
        (part,) = self.parts_of(module)
        return part

    @cached_property
    def _modules(self) -> dict[str, str]:
        """The names of built-in parts and their modules; those that begin with _ are not parts."""
        folder = importlib.import_module(self.package).__path__
        stems = [module.name for module in pkgutil.iter_modules(folder)]
        return {stem.replace("_", "-"): stem for stem in stems if not stem.startswith("_")}

    @cached_property
    def _entry_points(self) -> "dict[str, EntryPoint]":
        from importlib.metadata import entry_points  # slow: it can read mail

        return {entry.name: entry for entry in entry_points(group=f"triptych.{self.kind}s")}
