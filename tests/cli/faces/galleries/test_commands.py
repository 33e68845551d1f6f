"""The commands as they are typed."""

from pathlib import Path

import numpy as np
import pytest

from triptych.cli.main import main
from triptych.faces.embeddings import Embeddings


def test_options_reach_the_work(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    vectors, gallery, out = tmp_path / "a.npz", tmp_path / "people.db", tmp_path / "out.parquet"
    Embeddings(np.eye(2, dtype=np.float32), ("a", "b"), ("", ""), "colors-1").save(vectors)
    (tmp_path / "names.txt").write_text("Ann\nBob\n")

    def run(*words: object) -> int:
        with pytest.raises(SystemExit) as ended:
            main(["faces", *map(str, words)])
        return int(ended.value.code or 0)

    assert run("import", vectors, "-g", gallery, "--tenant", "acme") == 2
    assert "row 1: no name" in capsys.readouterr().err and not gallery.exists()
    names = ("--names", tmp_path / "names.txt")
    assert run("import", vectors, "-g", gallery, "--tenant", "acme", *names) == 0
    assert run("export", out, "-g", gallery, "--tenant", "acme") == 0
    assert "2 faces of the encoder colors-1" in capsys.readouterr().out
    words = ("--person-column", "photo", "--tenant", "others")
    assert run("import", out, "-g", gallery, *words) == 0
    assert run("list", "-g", gallery, "--tenant", "others") == 0
    told = capsys.readouterr().out
    assert "2 people, 2 photos" in told and "Ann" not in told
