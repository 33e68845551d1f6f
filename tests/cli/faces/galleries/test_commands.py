"""The commands as they are typed."""

from pathlib import Path

import numpy as np

from triptych.faces.embeddings import Embeddings

from ...typed import Run


def test_options_reach_the_work(run: Run, tmp_path: Path):
    vectors, gallery, out = tmp_path / "a.npz", tmp_path / "people.db", tmp_path / "out.parquet"
    Embeddings(np.eye(2, dtype=np.float32), ("a", "b"), ("", ""), "colors-1").save(vectors)
    (tmp_path / "names.txt").write_text("Ann\nBob\n")

    acme = ("-g", gallery, "--tenant", "acme")
    refused = run("faces", "import", vectors, *acme)
    assert refused.status == 2 and "row 1: no name" in refused.err and not gallery.exists()
    assert run("faces", "import", vectors, *acme, "--names", tmp_path / "names.txt").status == 0
    written = run("faces", "export", out, *acme)
    assert written.status == 0 and "2 faces of the encoder colors-1" in written.out
    others = ("-g", gallery, "--tenant", "others")
    assert run("faces", "import", out, *others, "--person-column", "photo").status == 0
    told = run("faces", "list", *others).out
    assert "2 people, 2 photos" in told and "Ann" not in told
