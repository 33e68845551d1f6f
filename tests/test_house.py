"""The house keeps its floors: a file imports only what stands above it."""

import ast
import importlib
import inspect
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import triptych

HOUSE = Path(triptych.__file__).parent
PANELS = ("multitask", "faces", "style")
DOORS = ("cli", "web")
FLOORS = {"frame": 1, "backbones": 2} | dict.fromkeys(PANELS, 3)
FLOORS |= dict.fromkeys(DOORS, 4) | {"__main__": 5}
DRAWERS = {"utils", "util", "helpers", "misc", "common", "core", "base"}
FILES = sorted(HOUSE.rglob("*.py"))


def parts(file: Path) -> tuple[str, ...]:
    """Where a file stands: ("frame", "shapes")."""
    return file.relative_to(HOUSE).with_suffix("").parts


def imported(file: Path) -> Iterator[tuple[str, ...]]:
    """What a file imports of the house, wherever in the file it does."""
    package = parts(file)[:-1]
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name.split(".") for alias in node.names]
            yield from (tuple(name[1:]) for name in names if name[0] == "triptych")
        elif isinstance(node, ast.ImportFrom):
            module = tuple(node.module.split(".")) if node.module else ()
            if node.level:
                above = package[: len(package) - node.level + 1] + module
            elif module[:1] == ("triptych",):
                above = module[1:]
            else:
                continue
            yield from [above] if above else [(alias.name,) for alias in node.names]


def crossings(file: Path) -> Iterator[str]:
    room = parts(file)[0]
    for target in imported(file):
        other = target[0] if target else room
        if other not in FLOORS or room not in FLOORS or other == room:
            continue
        if FLOORS[other] > FLOORS[room] or (FLOORS[other] == FLOORS[room] >= 3):
            yield f"{'/'.join(parts(file))} imports {'.'.join(target)}"


def test_no_file_imports_from_a_floor_below():
    assert [crossing for file in FILES for crossing in crossings(file)] == []


def test_the_floors_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys.modules[__name__], "HOUSE", tmp_path)
    for room in ("frame", "multitask", "cli"):
        (tmp_path / room).mkdir()
    wrong = {
        "frame/a.py": "def late():\n    from ..multitask.model import Model",
        "frame/b.py": "import triptych.cli",
        "multitask/a.py": "from .. import faces",
        "multitask/b.py": "from triptych.style.losses import gram",
        "cli/a.py": "from ..web import page",
    }
    for name, text in wrong.items():
        (tmp_path / name).write_text(text)
        assert list(crossings(tmp_path / name)), name


def test_every_room_has_its_floor():
    rooms = {parts(file)[0] for file in FILES} - {"__init__"}
    assert rooms <= FLOORS.keys()


def test_nothing_is_called_like_a_drawer():
    named = {word for file in FILES for word in parts(file)}
    assert not named & DRAWERS


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


@pytest.mark.parametrize(
    ("module", "names"),
    [
        ("triptych", ""),
        (
            "triptych.multitask",
            "Annotation Batch BinaryMask BoundingBox Circle ClassLabel Cutouts DATASETS Dataset "
            "DatasetConfig DatasetInfo EvaluationResult HEADS Head MultitaskModel PerImageMetric "
            "Prediction Predictor SOURCES SemanticMap Source TrainResult evaluate load "
            "open_dataset resume train",
        ),
        ("triptych.backbones", "BACKBONES Backbone Registry"),
        (
            "triptych.faces",
            "Calibration Encoder Encodings Enrolment Evaluation Face Finder Gallery Identity Match "
            "People Reader Reading Recognition Rule Standards Template Verdict calibrate enroll "
            "evaluate identify open_encoder people verify",
        ),
        (
            "triptych.style",
            "ByFeatures FastPainter Judgement Method Network Objective Painted Painter Scene "
            "Settings apply budgeted content_cost gram_matrix layer_style_cost open_method "
            "open_network paint style_cost total_cost total_variation",
        ),
    ],
)
def test_public_names_are_those_listed(module: str, names: str):
    held = vars(importlib.import_module(module))
    public = {
        name
        for name, value in held.items()
        if not name.startswith("_") and type(value).__name__ != "module"
    }
    assert public == set(names.split())


@pytest.mark.parametrize("panel", ["faces", "style"])
def test_training_is_imported_when_it_is_asked_for(panel: str):
    code = f"""
import sys
import triptych.{panel} as panel
assert "lightning" not in sys.modules
assert panel.train and panel.resume and panel.Trained
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
