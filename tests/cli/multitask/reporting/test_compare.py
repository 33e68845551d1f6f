"""`triptych compare`: a table, JSON, a page that is named; slips are one line."""

import json
from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest

from ...typed import Run, slip


@pytest.fixture
def two_runs(trained_run: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        copytree(trained_run, tmp_path / name)


@pytest.mark.usefixtures("two_runs")
def test_differences_are_printed_and_the_page_is_named(run: Run, tmp_path: Path):
    done = run("compare", "one", "two", "--device", "cpu")
    assert done.status == 0, done.err
    assert done.out.startswith("two against one: 60 test images of digits")
    assert "digit/accuracy" in done.out and "0.0000 … 0.0000" in done.out
    assert "class right" in done.out
    assert done.err.strip().splitlines()[-1] == "Written: compare.html"
    assert "two against one" in (tmp_path / "compare.html").read_text()


@pytest.mark.usefixtures("two_runs")
def test_json_is_all_there_is_on_stdout(run: Run, tmp_path: Path):
    done = run("compare", "one", "two", "--to", "page.html", "--device", "cpu", "--json")
    assert done.status == 0, done.err
    told = json.loads(done.out)
    assert told["baseline"] == "one" and told["comparisons"][0]["run"] == "two"
    assert told["page"] == "page.html" and (tmp_path / "page.html").exists()


def test_slips_are_one_line(refused: Callable[[str, str], None]):
    refused("compare RUN", "two runs or more")
    refused("compare RUN nothing", "Expected a run folder")
    refused("compare RUN RUN --split tset", "Did you mean 'test'?")
    refused("compare RUN RUN --to none/page.html", "no folder")


def test_no_run_at_all_is_one_line(run: Run):
    slip(run("compare"), "runs")
