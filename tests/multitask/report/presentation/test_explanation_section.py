"""A report shows what the network looks at where Captum is installed."""

from importlib import util
from pathlib import Path

import pytest

from triptych.multitask.report.measurement import measure_run
from triptych.multitask.report.presentation import explanation_section as module


def test_each_head_is_explained_on_a_few_images(trained_run: Path, monkeypatch: pytest.MonkeyPatch):
    seen = measure_run(trained_run, device="cpu")
    section = module.explanation_section(seen)
    assert section is not None and len(section.parts) == module.IMAGES
    assert section.parts[0].title.startswith("Worst")
    titles = [tile.title.partition(":")[0] for tile in section.parts[0].images]
    assert titles == [*seen.model.heads]
    assert sum(len(tile.light) for grid in section.parts for tile in grid.images) < 200_000

    monkeypatch.setattr(module, "find_spec", lambda name: None)
    assert module.explanation_section(seen) is None
    assert util.find_spec("captum")
