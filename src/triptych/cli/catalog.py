"""What datasets and sources there are, read from their source text: torch is not imported."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from ..frame.registry import Registry, unknown_name_error

PANEL = Path(__file__).parents[1] / "multitask"
CONTRACTS = {"dataset": "Dataset", "source": "Source"}


def part_names(kind: str) -> list[str]:
    """The names of all parts of a kind, as its registry gives them; nothing is imported.

    Parameters:
        kind: "dataset" or "source".
    """
    stems = [file.stem for file in _folder(kind).glob("[!_]*.py")]
    brought = [entry.name for entry in entry_points(group=f"triptych.{kind}s")]
    registered = [name for registry in _registries(kind) for name in registry]
    return sorted({*(stem.replace("_", "-") for stem in stems), *brought, *registered})


def check_name(name: str, kind: str) -> None:
    """Raise UnknownNameError with the nearest name where there is no part of this name.

    Parameters:
        name: as it was typed.
        kind: "dataset" or "source".
    """
    names = part_names(kind)
    if name not in names:
        raise unknown_name_error(name, names, kind)


class PartSource:
    """A built-in part as it is written: its constants are read without importing it."""

    def __init__(self, name: str, kind: str):
        """
        Parameters:
            name: as `part_names` gives it.
            kind: "dataset" or "source".

        Raises LookupError where no module of ours defines the part: a plug-in or a package does.
        """
        self.file = _folder(kind) / f"{name.replace('-', '_')}.py"
        if not self.file.is_file():
            raise LookupError(name)
        self.known = _classes(self.file.parent)
        classes = [node for node in _parsed(self.file).body if isinstance(node, ast.ClassDef)]
        parts = [node for node in classes if self._keeps(node, CONTRACTS[kind])]
        if not parts:
            raise LookupError(name)
        self.node = parts[0]

    @property
    def about(self) -> str:
        """The first line of the docstring; empty without one."""
        return (ast.get_docstring(self.node) or "").partition("\n")[0]

    def defines(self, name: str) -> bool:
        """Whether the class itself, not a base, has a method of this name."""
        return any(
            isinstance(line, ast.FunctionDef) and line.name == name for line in self.node.body
        )

    def settings(self) -> dict[str, str | None]:
        """What each setting of its configuration class is for, by name."""
        config = self._expression("config_class")
        if not isinstance(config, ast.Name) or config.id not in self.known:
            return {}
        lines = [
            line
            for node in reversed([*self._lineage(self.known[config.id])])
            for line in node.body
            if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)
        ]
        return {ast.unparse(line.target): _description(line.value) for line in lines}

    def value(self, name: str, imported: Mapping[str, Any] | None = None) -> Any:
        """What a class attribute is set to, here or in a base; None where it is not.

        Parameters:
            name: of the attribute, made of constants and of what the module defines beside it.
            imported: what stands for the names that the module imports.

        Raises NameError where it needs more.
        """
        expression = self._expression(name)
        if expression is None:
            return None
        wanted, needed = _names(expression), []
        for line in reversed(_parsed(self.file).body):
            if _defined(line) & wanted:
                needed.insert(0, line)
                wanted |= _names(line)
        space = dict(imported or {})
        # our own text, and only the lines that the attribute is made of
        code = ast.Module([*needed, ast.Assign([ast.Name("value", ast.Store())], expression)], [])
        exec(compile(ast.fix_missing_locations(code), str(self.file), "exec"), space)
        return space["value"]

    def _expression(self, name: str) -> ast.expr | None:
        return next((e for node in self._lineage(self.node) for e in _assigned(node, name)), None)

    def _lineage(self, node: ast.ClassDef) -> Iterator[ast.ClassDef]:
        """The class and its bases within the package, nearest first."""
        yield node
        for base in map(ast.unparse, node.bases):
            if base in self.known:
                yield from self._lineage(self.known[base])

    def _keeps(self, node: ast.ClassDef, contract: str) -> bool:
        bases = {ast.unparse(base) for line in self._lineage(node) for base in line.bases}
        return contract in bases and not node.name.startswith("_")


def _folder(kind: str) -> Path:
    return PANEL / f"{kind}s"


def _registries(kind: str) -> list[Registry]:
    """The registries of a kind that something has imported."""
    return [registry for registry in Registry.instances if registry.kind == kind]


@cache
def _parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


@cache
def _classes(folder: Path) -> dict[str, ast.ClassDef]:
    """Every class that the modules of a package and below it define, by name."""
    lines = (line for file in sorted(folder.rglob("*.py")) for line in _parsed(file).body)
    return {line.name: line for line in lines if isinstance(line, ast.ClassDef)}


def _assigned(node: ast.ClassDef, name: str) -> Iterator[ast.expr]:
    """The expressions that a class's body sets a name to."""
    for line in node.body:
        if name in _targets(line) and line.value:  # pyright: ignore
            yield line.value  # pyright: ignore


def _description(field: ast.expr | None) -> str | None:
    """The `description` of a call of pydantic's Field."""
    words = field.keywords if isinstance(field, ast.Call) else []
    texts = [word.value for word in words if word.arg == "description"]
    return ast.literal_eval(texts[0]) if texts else None


def _defined(line: ast.stmt) -> set[str]:
    """The names that a line of a module sets, other than by importing or as a class."""
    return {line.name} if isinstance(line, ast.FunctionDef) else {*_targets(line)}


def _targets(line: ast.stmt) -> list[str]:
    """The names that an assignment sets; none of another line."""
    if isinstance(line, ast.Assign):
        return [ast.unparse(target) for target in line.targets]
    return [ast.unparse(line.target)] if isinstance(line, ast.AnnAssign) else []


def _names(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
