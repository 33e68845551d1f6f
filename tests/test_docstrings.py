"""Public functions and classes say what they do and what goes into them; files stay small."""

import ast
import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import triptych

HOUSE = Path(triptych.__file__).parent
DOORS = ("cli", "web", "__main__")  # commands are told by their help
MOST_LINES = 250  # of a file
LONGEST = 60  # lines of a function's code, its docstring and comments not counted
FEW = 1  # parameters, which the first sentence can tell


def modules() -> Iterator[ModuleType]:
    """All modules below the doors."""
    for file in sorted(HOUSE.rglob("*.py")):
        parts = file.relative_to(HOUSE.parent).with_suffix("").parts
        if len(parts) > 1 and parts[1] not in DOORS:
            yield importlib.import_module(
                ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            )


def public(module: ModuleType) -> Iterator[tuple[str, type | None, Callable[..., Any]]]:
    """The public functions, classes and methods a module defines: name, owner, object."""
    for name, value in vars(module).items():
        if name.startswith("_") or getattr(value, "__module__", None) != module.__name__:
            continue
        if inspect.isfunction(value):
            yield name, None, value
        elif inspect.isclass(value):
            yield name, None, value
            for inner in vars(value):
                method = getattr(value, inner)
                if not inner.startswith("_") and (
                    inspect.isfunction(method) or inspect.ismethod(method)
                ):
                    yield f"{name}.{inner}", value, method


def parameters(value: Callable[..., Any]) -> list[str]:
    """The names of what is given to a function, or to a class that takes its own."""
    if inspect.isclass(value) and not (is_dataclass(value) or "__init__" in vars(value)):
        return []
    if getattr(value, "_is_protocol", False):
        return []
    names = inspect.signature(value).parameters
    return [name for name in names if name != "self" and not name.startswith("_")]


def documentation(value: Callable[..., Any]) -> str:
    own = inspect.getdoc(value) or ""
    if inspect.isclass(value) and "__init__" in vars(value):
        own += "\n" + (inspect.getdoc(value.__init__) or "")
    return own


def tells(doc: str, name: str) -> bool:
    """Whether a docstring has a line for a parameter, or names it in backticks."""
    row = rf"(?m)^\s*(\w+, )*\*{{0,2}}{name}(, \w+)*: "
    return bool(re.search(row, doc) or re.search(rf"`{name}\b[^`]*`", doc))


def described(value: Callable[..., Any]) -> set[str]:
    """The fields of a configuration, each of which has its description beside its default."""
    if not is_dataclass(value):
        return set()
    return {field.name for field in fields(value) if field.metadata.get("description")}


def faults(module: ModuleType) -> list[str]:
    """Public names of a module without a docstring, and parameters it does not tell."""
    found = []
    for name, owner, value in public(module):
        doc = documentation(value)
        if not doc:
            found.append(f"{name} has no docstring")
            continue
        bases = owner.__mro__[1:] if owner else ()
        if any(hasattr(base, value.__name__) for base in bases):
            continue  # told by what it overrides
        given = parameters(value)
        if len(given) > FEW:
            untold = [one for one in given if not tells(doc, one) and one not in described(value)]
            found += [f"{name} does not tell {', '.join(untold)}"] if untold else []
    return found


def code_lines(function: ast.FunctionDef) -> int:
    """How many lines a function has from `def` to its end, its docstring not counted."""
    whole = (function.end_lineno or 0) - function.lineno + 1
    first = function.body[0]
    told = ast.get_docstring(function) is not None
    return whole - ((first.end_lineno or 0) - first.lineno + 1 if told else 0)


def long_functions(source: str) -> list[str]:
    """The functions of a file that are longer than `LONGEST`."""
    functions = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef)]
    return [one.name for one in functions if code_lines(one) > LONGEST]


def test_public_names_are_documented() -> None:
    found = [f"{module.__name__}: {fault}" for module in modules() for fault in faults(module)]
    assert not found, "\n".join(found)


def test_files_and_functions_stay_small() -> None:
    files = {file: file.read_text() for file in HOUSE.rglob("*.py")}
    assert not [file for file, text in files.items() if len(text.splitlines()) > MOST_LINES]
    assert not {file: names for file, text in files.items() if (names := long_functions(text))}


PLANTED = '''
from dataclasses import dataclass

def bare(image):
    return image

def half(image, size):
    """The image at a `size`."""

def whole(image, size):
    """The image at a size.

    Parameters:
        image: RGB.
        size: height and width, in pixels.
    """

@dataclass
class Point:
    """A point."""

    x: float
    y: float

    def moved(self, right, down):
        """Moved by pixels: `right` and `down`."""

def _private(image, size): ...
'''


def test_what_is_not_documented_is_told() -> None:
    module = ModuleType("planted")
    exec(PLANTED, vars(module))
    assert faults(module) == [
        "bare has no docstring",
        "half does not tell image",
        "Point does not tell x, y",
    ]


@pytest.mark.parametrize(("lines", "long"), [(LONGEST - 1, []), (LONGEST, ["planted"])])
def test_a_function_too_long_is_told(lines: int, long: list[str]) -> None:
    source = 'def planted():\n    """Docstring\n    of two lines."""\n' + "    pass\n" * lines
    assert long_functions(source) == long
