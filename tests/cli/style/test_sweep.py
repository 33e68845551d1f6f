"""A sweep: files named after their values, methods shared, one bar for each image."""

from pathlib import Path

import pytest

from triptych.cli.style import sweep
from triptych.cli.style.output import OutputOptions
from triptych.frame.progress import ProgressEvent
from triptych.style.job.job import TransferJob
from triptych.style.objectives.patch_objective import PatchMethod

PLAIN = TransferJob("a.png", ("b.png",), features="patches")


def test_each_image_lies_beside_the_sheet_or_in_a_run_of_its_own():
    label, sheet = "strength 0.2, seed 1", Path("out/sweep.png")
    beside = sweep._variant_output(sheet, label, OutputOptions(sheet))
    assert beside.out == Path("out/sweep-strength-0.2-seed-1.png")
    kept = sweep._variant_output(sheet, label, OutputOptions(sheet, Path("runs"), 5.0))
    assert (kept.out, kept.run, kept.every) == (None, Path("runs/strength-0.2-seed-1"), 5.0)


def test_jobs_of_the_same_method_share_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sweep, "build_job_method", lambda job, progress: PatchMethod())
    methods: dict = {}
    jobs = [PLAIN, PLAIN.with_changes({"strength": 0.9}), PLAIN.with_changes({"seed": 1})]
    first, again, other = (sweep._cached_method(job, methods, print) for job in jobs)
    assert first is again and other is not first  # the seed is that of the patches


def test_all_scales_of_an_image_are_one_bar():
    told: list[ProgressEvent] = []
    count = sweep._single_bar(told.append, "seed 1", 3)
    for event in (
        ProgressEvent("paint 12 px", 1, 2, {"total": 1.0}),
        ProgressEvent("paint 12 px", 2, 2),  # a scale that ended early is no step
        ProgressEvent("paint 24 px", 1, 1, {"total": 0.5}),
    ):
        count(event)
    assert [(event.task, event.done, event.total) for event in told] == [
        *(("seed 1", 1, 3), ("seed 1", 2, 3))
    ]
