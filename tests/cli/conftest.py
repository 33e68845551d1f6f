"""Commands typed as a user would, in an empty folder."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from triptych.cli.main import main

from .typed import Done, Run, slip


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Types a command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def typed(*words: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["triptych", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        assert isinstance(left.value.code, int)
        return Done(left.value.code, said.out, said.err)

    return typed


@pytest.fixture
def refused(
    run: Run, tmp_path: Path, few_digits: Path, trained_run: Path
) -> Callable[[str, str], None]:
    """Types a command in which FEW stands for a folder of digits and RUN for a run of `digits`, and
    expects one line with these words, exit 2 and nothing written."""
    places = {"FEW": few_digits, "RUN": trained_run}

    def refuse(command: str, words: str) -> None:
        slip(run(*(places.get(word, word) for word in command.split())), words)
        assert list(tmp_path.iterdir()) == []

    return refuse
