"""What is typed becomes a job: numbers, files by whole paths, the best network by its name."""

from pathlib import Path

import pytest

from triptych.cli.style import job_flags
from triptych.cli.style.job_flags import JobFlags, build_job, parse_flags, resolve_auto
from triptych.frame.errors import AssetNotFoundError, ConfigError, UnknownNameError
from triptych.style.config import PATCHES
from triptych.style.job.job import TransferJob

PLAIN = TransferJob("/a/photo.png", ("/a/wave.png",))


def test_files_are_named_by_whole_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "start.png").touch()
    job, facts = build_job(JobFlags([Path("photo.png"), Path("wave.png")], {"init": "start.png"}))
    assert (job.content, job.styles) == (f"{tmp_path}/photo.png", (f"{tmp_path}/wave.png",))
    assert (job.settings.init, job.start, facts) == ("image", f"{tmp_path}/start.png", {})


def test_weights_of_the_losses_are_a_strength():
    paths = [Path("photo.png"), Path("wave.png")]
    job, _ = build_job(JobFlags(paths, {"content_weight": 1.0, "style_weight": 24.0}))
    assert job.settings.strength == 0.75
    assert TransferJob.from_dict(job.to_dict(), Path("run.json")) == job


@pytest.mark.parametrize(
    ("flags", "slip"),
    [
        ({"steps": "a"}, "--steps"),
        ({"layers": "=2"}, "each once"),
        ({"layers": "a,a"}, "each once"),
    ],
)
def test_what_is_no_number_is_refused(flags: dict[str, str], slip: str):
    with pytest.raises(ConfigError, match=slip):
        parse_flags(flags)
    with pytest.raises(UnknownNameError, match="Did you mean 'noise'"):
        parse_flags({"init": "noize"})


def test_auto_is_the_best_network_and_patches_where_there_is_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(job_flags, "best_available", lambda half: ("vgg19", True))
    assert resolve_auto(PLAIN).features == "vgg19"
    assert resolve_auto(PLAIN).options == {"half": True}

    def none(half: bool) -> tuple[str, bool]:
        raise AssetNotFoundError("none")

    monkeypatch.setattr(job_flags, "best_available", none)
    assert resolve_auto(PLAIN).features == PATCHES
    assert "patches are matched" in capsys.readouterr().err
    with pytest.raises(AssetNotFoundError):
        resolve_auto(PLAIN.with_changes({"pooling": "max"}))
