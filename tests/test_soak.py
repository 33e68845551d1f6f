"""Trainings that are killed end as one that nobody disturbed; fifty kills by
`python -m benchmarks.soak`."""

from pathlib import Path
from random import Random

import pytest
from benchmarks.soak.campaign import run_campaign
from benchmarks.soak.comparison import differences
from benchmarks.soak.moments import draw_moment
from benchmarks.soak.subjects import multitask

KILLS = 4


@pytest.mark.slow
def test_killed_trainings_end_as_undisturbed_ones(tmp_path: Path):
    subject = multitask(tmp_path / "pictures")
    outcomes = list(run_campaign([subject], KILLS, 0, tmp_path / "runs", most=2))
    assert [outcome for outcome in outcomes if outcome.problems] == []
    assert [outcome.stages for outcome in outcomes][:2] == [(4,), (2, 4)]
    assert sum(outcome.kills.total() for outcome in outcomes) == KILLS


def test_every_kind_of_moment_is_drawn():
    rng = Random(0)
    kinds = {draw_moment(rng, 10.0).kind for _ in range(200)}
    places = {"file in checkpoints", "file in epochs", "file in run"}
    assert kinds == {"clock", "start", "measuring"} | places


def test_what_differs_is_named(tmp_path: Path):
    for name, text in {"whole": "1\n2\n", "run": "1\n2\n2\n"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "metrics.csv").write_text(text)
        (tmp_path / name / "metrics.json").write_text(f'{{"seconds": {len(text)}}}')
        (tmp_path / name / f"{name}.txt").touch()
        (tmp_path / name / "report.html").write_text(text)
    said = list(differences(tmp_path / "whole", tmp_path / "run"))
    assert said == ["whole.txt is missing", "run.txt is left over", "metrics.csv differs"]
