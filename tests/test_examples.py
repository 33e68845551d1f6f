"""Every example runs, on few digits and few faces."""

import runpy
from pathlib import Path

import pytest

from triptych.multitask import DATASETS, HEADS
from triptych.multitask.datasets import emoji, mosaic_digits

FOLDER = Path(__file__).parents[1] / "examples"
EXAMPLES = sorted(path.stem for path in FOLDER.glob("*.py"))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few scenes and mosaics; what an example puts on a shelf is taken off again."""
    for part in ("train", "validation", "test"):
        monkeypatch.setitem(emoji.SCENES, part, 16)
    monkeypatch.setattr(mosaic_digits, "TESTED", 20)
    for shelf in (HEADS, DATASETS):
        monkeypatch.setattr(shelf, "_added", dict(shelf._added))


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_trains_and_tells_its_figures(
    name: str, few_digits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main = runpy.run_path(str(FOLDER / f"{name}.py"))["main"]
    main(epochs=1, source="drawn" if name == "emoji" else str(few_digits), out=tmp_path / "run")
    assert "/" in capsys.readouterr().out
    assert (tmp_path / "run" / "model.safetensors").exists()


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_short(name: str) -> None:
    lines = (FOLDER / f"{name}.py").read_text().splitlines()
    assert sum(map(bool, lines)) <= 70  # written ones
