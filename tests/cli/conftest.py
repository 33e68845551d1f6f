"""Commands typed as a user would, in an empty folder."""

import sys
from pathlib import Path

import pytest

from triptych.cli.main import main

from .typed import Done, Run


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
