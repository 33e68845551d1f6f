"""Where a transfer goes is checked before anything is painted."""

from pathlib import Path

import pytest

from triptych.cli.style.output import OutputOptions
from triptych.frame.errors import ConfigError, WriteError
from triptych.style.job.job import TransferJob


@pytest.mark.parametrize(
    ("output", "error", "slip"),
    [
        (OutputOptions(Path("photo.png")), ConfigError, "over"),
        (OutputOptions(Path("new.mp3")), ConfigError, r"Name it \.png"),
        (OutputOptions(Path("nowhere/new.png")), WriteError, "no folder"),
        (OutputOptions(Path("new.png"), gif=True), ConfigError, "Add --run"),
        (OutputOptions(Path("new.png"), every=5.0), ConfigError, "Add --run"),
    ],
)
def test_what_cannot_be_written_is_refused(
    output: OutputOptions,
    error: type[Exception],
    slip: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=slip):
        output.check(TransferJob("photo.png", ("wave.png",)))
    assert not list(tmp_path.iterdir())


def test_only_animations_that_are_wanted_are_written():
    output = OutputOptions(None, Path("runs/a"), mp4=True)
    assert [path for path, _ in output.animations()] == [Path("runs/a/timeline.mp4")]
    assert not OutputOptions(None, Path("runs/a")).animations()
