"""Public names of a package that are imported when they are first asked for (PEP 562)."""

import ast
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any


def exports(package: str, file: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` for a package whose imports stand under `if TYPE_CHECKING:`.

    So the package is light to import, and what it exports is written once, where type checkers
    and readers look for it. After Scientific Python's lazy-loader (SPEC 1), which reads a stub.

    Parameters:
        package: its `__name__`.
        file: its `__file__`.
    """
    sources = {name: (module, word) for module, word, name in _guarded_imports(file)}

    def load(name: str) -> Any:
        if name not in sources:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module, word = sources[name]
        value = getattr(import_module(module, package), word)
        setattr(sys.modules[package], name, value)  # asked for once
        return value

    return load, lambda: sorted({*vars(sys.modules[package]), *sources})


def _guarded_imports(file: str) -> Iterator[tuple[str, str, str]]:
    """Of each name imported under `if TYPE_CHECKING:`, its module, its name there and here."""
    for block in ast.parse(Path(file).read_text("utf-8")).body:
        if isinstance(block, ast.If) and ast.unparse(block.test).endswith("TYPE_CHECKING"):
            for line in block.body:
                if isinstance(line, ast.ImportFrom):
                    module = "." * line.level + (line.module or "")
                    yield from ((module, a.name, a.asname or a.name) for a in line.names)
