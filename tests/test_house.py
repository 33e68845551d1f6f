"""The house keeps its order: floors, panels apart, no circles, no drawers, no crowded folders."""

import ast
import importlib
import inspect
import subprocess
import sys
from collections.abc import Callable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import triptych

HOUSE = Path(triptych.__file__).parent
PANELS = ("multitask", "faces", "style")
DOORS = ("cli", "web")
FLOORS = {"frame": 1, "backbones": 2} | dict.fromkeys(PANELS, 3) | dict.fromkeys(DOORS, 4)
DRAWERS = {"utils", "util", "helpers", "helper", "misc", "common", "core", "base"}
MOST_FILES = 14  # a folder

Module = tuple[str, ...]  # ("frame", "storage", "images"); a package is named without __init__


def modules(root: Path) -> dict[Module, Path]:
    """Every module below a root, by its name without the root's."""
    named = {}
    for file in root.rglob("*.py"):
        parts = file.relative_to(root).with_suffix("").parts
        named[parts[:-1] if parts[-1] == "__init__" else parts] = file
    return named


def imports(module: Module, file: Path, known: dict[Module, Path]) -> Iterator[Module]:
    """The modules of the house that a file imports, wherever in the file it does."""
    package = module if file.name == "__init__.py" else module[:-1]
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names = [tuple(alias.name.split(".")) for alias in node.names]
            yield from (name[1:] for name in names if name[0] == "triptych")
        elif isinstance(node, ast.ImportFrom):
            target = tuple(node.module.split(".")) if node.module else ()
            if node.level:
                target = package[: len(package) - node.level + 1] + target
            elif target[:1] == ("triptych",):
                target = target[1:]
            else:
                continue
            for alias in node.names:
                inner = (*target, alias.name)
                yield inner if inner in known else target


def graph(root: Path) -> dict[Module, set[Module]]:
    """What each module imports. A package's re-exports are not counted as its own imports, for
    whoever imports from a package means the module behind the name."""
    known = modules(root)
    return {name: {*imports(name, file, known)} - {name} for name, file in known.items()}


def crossings(root: Path) -> list[str]:
    """Imports from a floor above, and of one panel or door by another."""
    found = []
    for module, targets in graph(root).items():
        for target in targets:
            here, there = module[0] if module else "", target[0] if target else ""
            if here == there or here not in FLOORS or there not in FLOORS:
                continue
            if FLOORS[there] > FLOORS[here] or FLOORS[there] == FLOORS[here] >= 3:
                found.append(f"{'.'.join(module)} imports {'.'.join(target)}")
    return found


def circles(root: Path) -> list[Module]:
    """Modules that import each other in a circle, in order; empty where there is none."""
    try:
        TopologicalSorter(graph(root)).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def package_circles(root: Path) -> list[Module]:
    """The same between the sub-packages and files within each panel."""
    edges: dict[Module, set[Module]] = {}
    for module, targets in graph(root).items():
        if len(module) < 2 or module[0] not in (*PANELS, "frame"):
            continue
        edges.setdefault(module[:2], set()).update(
            target[:2] for target in targets if len(target) > 1 and target[:2] != module[:2]
        )
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def drawers(root: Path) -> list[str]:
    """Files and folders with a name that says nothing."""
    named = {part.lstrip("_") for module in modules(root) for part in module}
    return sorted(named & DRAWERS)


def crowded(root: Path) -> list[str]:
    """Folders with more files than a reader takes in."""
    folders = [folder for folder in (root, *root.rglob("*")) if folder.is_dir()]
    return [str(folder) for folder in folders if len([*folder.glob("*.py")]) > MOST_FILES]


CHECKS: list[Callable[[Path], list]] = [crossings, circles, package_circles, drawers, crowded]


@pytest.mark.parametrize("check", CHECKS)
def test_the_house_is_in_order(check: Callable[[Path], list]):
    assert check(HOUSE) == []


@pytest.mark.parametrize(
    ("check", "files"),
    [
        (crossings, {"frame/a.py": "def late():\n    from ..multitask.model import Model"}),
        (crossings, {"frame/b.py": "import triptych.cli"}),
        (crossings, {"multitask/a.py": "from .. import faces", "faces/__init__.py": ""}),
        (crossings, {"multitask/b.py": "from triptych.style.losses import gram"}),
        (crossings, {"cli/a.py": "from ..web import page"}),
        (circles, {"frame/a.py": "from .b import x", "frame/b.py": "from .c import x"}),
        (circles, {"frame/a.py": "from . import b", "frame/b.py": "def f():\n    from . import c"}),
        (
            package_circles,
            {"faces/a/x.py": "from ..b import z", "faces/b/y.py": "from ..a import x"},
        ),
        (drawers, {"frame/utils.py": ""}),
        (drawers, {"style/_common/x.py": ""}),
        (crowded, {f"frame/a{number}.py": "" for number in range(MOST_FILES + 1)}),
    ],
)
def test_disorder_is_noticed(tmp_path: Path, check: Callable[[Path], list], files: dict[str, str]):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    if check is circles:
        (tmp_path / "frame" / "c.py").write_text("from .a import y")
    assert check(tmp_path)


def test_every_room_has_its_floor():
    rooms = {module[0] for module in modules(HOUSE) if module}
    assert rooms - {"__main__"} <= FLOORS.keys()


def test_no_heavy_package_is_imported_before_a_verb_is_called():
    heavy = {"torch", "lightning", "pydantic", "numpy", "cv2", "matplotlib", "PIL", "torchmetrics"}
    code = f"""
import sys
sys.argv = ["triptych", "--help"]
from triptych.cli.main import main
try:
    main()
except SystemExit as left:
    print(left.code, sorted({heavy} & sys.modules.keys()), file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "0 []"
    assert "predict" in done.stdout


def test_answers_come_without_what_only_measuring_needs():
    heavy = {"torchmetrics", "lightning", "matplotlib", "scipy"}  # seconds of every start
    code = f"""
import sys
from triptych.multitask import HEADS, Predictor
from triptych.multitask.model import multitask_model
heads = [HEADS[name] for name in HEADS]
print(sorted({heavy} & sys.modules.keys()))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["multitask", "faces", "style", "backbones"])
def test_public_names_are_those_that_are_exported(name: str):
    module = importlib.import_module(f"triptych.{name}")
    here = {
        word
        for word, value in vars(module).items()
        if not word.startswith("_") and getattr(value, "__module__", "").startswith("triptych")
    }
    assert here <= set(module.__all__)
    assert all(getattr(module, word) is not None for word in module.__all__)
    assert module.__all__ == sorted(module.__all__, key=lambda word: _isort_key(word))


def _isort_key(word: str) -> tuple[int, str]:
    return (0 if word.isupper() else 1 if word[0].isupper() else 2, word)


@pytest.mark.parametrize("panel", ["faces", "multitask", "style"])
def test_training_is_imported_when_it_is_asked_for(panel: str):
    code = f"""
import sys
import triptych.{panel} as panel
assert "lightning" not in sys.modules
assert panel.train and panel.resume and panel.TrainResult
assert "lightning" in sys.modules
try:
    panel.trian
except AttributeError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"module 'triptych.{panel}' has no attribute 'trian'"


def test_every_registered_part_keeps_its_contract():
    from triptych.backbones import BACKBONES
    from triptych.multitask import DATASETS, HEADS, SOURCES
    from triptych.style.networks import NETWORKS

    for registry in (BACKBONES, DATASETS, HEADS, SOURCES, NETWORKS):
        assert list(registry)
        for name in registry:
            kind = registry[name]
            assert issubclass(kind, registry.contract) and kind.__doc__, name
            assert not inspect.isabstract(kind), name
