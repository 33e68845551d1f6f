"""What the pages show runs, and what they link to exists."""

import re
from functools import partial
from pathlib import Path

import pytest

from triptych import multitask
from triptych.frame import images
from triptych.multitask.datasets import emoji, mosaic_digits
from triptych.multitask.reporting import first, pixels_of
from triptych.multitask.sources import drawn

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
RUN = ["README.md", "docs/from-the-courses.md", "docs/own-metric-and-callback.md"]
SHOWN = ["own_head", "own_dataset"]


def snippets(page: Path) -> list[str]:
    return re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder with two pictures, few drawn digits, and trainings of one epoch."""
    monkeypatch.chdir(tmp_path)
    for split, count in {"train": 240, "test": 60}.items():
        monkeypatch.setitem(drawn.DIGITS, split, count)
    for part in emoji.SCENES:
        monkeypatch.setitem(emoji.SCENES, part, 16)
    monkeypatch.setattr(mosaic_digits, "TESTED", 20)
    monkeypatch.setattr(multitask, "train", partial(multitask.train, epochs=1))
    digit = pixels_of(first(multitask.open_dataset("digits", "drawn"), "test", 1).images[0])
    for ending in ("jpg", "png"):
        images.save(f"my-digit.{ending}", digit.repeat(9, 0).repeat(9, 1))


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("page", RUN)
def test_the_snippets_of_a_page_run_in_order(page: str) -> None:
    names: dict[str, object] = {}
    for snippet in snippets(ROOT / page):
        exec(compile(snippet, page, "exec"), names)


@pytest.mark.parametrize("example", SHOWN)
def test_a_worked_example_is_that_of_the_examples(example: str) -> None:
    code = (ROOT / "examples" / f"{example}.py").read_text()
    assert any(snippet in code for snippet in snippets(ROOT / "CONTRIBUTING.md"))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_what_a_page_links_to_exists(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []
