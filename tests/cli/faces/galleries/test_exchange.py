import json
from pathlib import Path

import numpy as np
import pytest

from triptych.cli.faces.galleries.exchange import export, import_, named_encoder
from triptych.faces.embeddings import Embeddings
from triptych.faces.exchange.load import open_vectors
from triptych.faces.gallery.gallery import Gallery
from triptych.frame.errors import ConfigError, DataError, UnknownNameError

Capture = pytest.CaptureFixture[str]
ENCODER = "colors-0123456789ab"


@pytest.fixture(autouse=True)
def encodings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    vectors = np.eye(4, dtype=np.float32)[:3]
    Embeddings(vectors, ("a", "b", "c"), ("Ann", "Bob", "Bob"), ENCODER).save("a.npz")
    np.save("a.npy", 2 * vectors)
    Path("names.txt").write_text("Ann\nBob\nBob\n")


def test_encodings_go_in_and_a_table_comes_out(capsys: Capture):
    import_(open_vectors("a.npz"), "people.db", "", tenant="", json=False)
    assert capsys.readouterr().out == "3 faces: 3 added, 0 known before.\n"
    export("people.db", Path("out.parquet"), tenant="", json=False)
    assert capsys.readouterr().out == f"3 faces of the encoder {ENCODER}: out.parquet\n"
    import_(open_vectors("out.parquet"), "people.db", ENCODER, tenant="", json=True)
    told = json.loads(capsys.readouterr().out)
    assert (told["rows"], told["added"], told["known"], told["encoder"]) == (3, 0, 3, ENCODER)
    export("people.db", Path("out.parquet"), tenant="", json=True)
    assert json.loads(capsys.readouterr().out)["faces"] == 3


def test_an_encoder_must_be_named_where_the_file_does_not(capsys: Capture):
    vectors = open_vectors("a.npy", names="names.txt")
    with pytest.raises(ConfigError, match=r"does not say which encoder .* --encoder other:NAME"):
        import_(vectors, "people.db", "", tenant="", json=False)
    with pytest.raises(UnknownNameError, match="There is no encoder 'vgg'"):
        import_(vectors, "people.db", "vgg", tenant="", json=False)
    assert not Path("people.db").exists()
    import_(vectors, "people.db", "other:vgg", tenant="", json=False)
    said = capsys.readouterr()
    assert said.out == "3 faces: 3 added, 0 known before.\n"
    assert "3 vectors were not of unit length and were normalized" in said.err
    assert Gallery.info("people.db").encoder == "other:vgg"


def test_what_a_file_says_of_its_encoder_is_not_overruled():
    vectors = open_vectors("a.npz")
    with pytest.raises(DataError, match="says that it is of the encoder 'colors-0123456789ab'"):
        named_encoder("other:vgg", vectors, None)
    assert named_encoder(ENCODER, vectors, None) == (ENCODER, 4)


def test_a_file_that_is_refused_leaves_no_gallery():
    np.save("a.npy", np.full((3, 4), np.nan))
    with pytest.raises(DataError, match="not finite"):
        vectors = open_vectors("a.npy", names="names.txt")
        import_(vectors, "people.db", "other:vgg", tenant="", json=False)
    assert not Path("people.db").exists()
