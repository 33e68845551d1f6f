"""`triptych faces encoders`: what there is, and what brings it here."""

import json
from pathlib import Path

import pytest

from triptych.faces.encoders.dlib import DlibEncoder
from triptych.faces.encoders.mobilefacenet import MobileFaceNetEncoder

from ..typed import Run, slip


@pytest.fixture(autouse=True)
def at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """dlib's files are here, MobileFaceNet's are not."""
    monkeypatch.setattr(DlibEncoder, "is_available", classmethod(lambda cls: True))
    monkeypatch.setattr(MobileFaceNetEncoder, "is_available", classmethod(lambda cls: False))


def test_encoders_are_listed_with_licence_and_accuracy(run: Run):
    done = run("faces", "encoders")
    assert done.status == 0
    for words in ("at hand, the default here", "not here", "CC0-1.0", "for research", "lfw-subset"):
        assert words in " ".join(done.out.split())
    told = json.loads(run("faces", "encoders", "--json").out)
    assert told["default"] == "dlib"
    rows = {row["name"]: row for row in told["encoders"]}
    assert [*rows] == ["dlib", "dlib-mobilefacenet", "mobilefacenet"]
    assert rows["dlib"]["at_hand"] and not rows["dlib-mobilefacenet"]["at_hand"]
    assert [row["numbers"] for row in rows.values()] == [128, 256, 128]
    assert all(0.9 < value < 1 for row in rows.values() for value in row["accuracy"].values())


def test_one_encoder_is_told_alone(run: Run):
    told = json.loads(run("faces", "encoders", "mobilefacenet", "--json").out)
    assert [row["name"] for row in told["encoders"]] == ["mobilefacenet"]
    slip(run("faces", "encoders", "dlip"), "There is no encoder 'dlip'. Did you mean 'dlib'?")


def test_files_are_fetched_of_the_free_one_or_of_the_one_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    (tmp_path / "weights").write_bytes(b"12345")
    for encoder in (DlibEncoder, MobileFaceNetEncoder):
        monkeypatch.setattr(
            encoder, "fetch", classmethod(lambda cls, progress: [tmp_path / "weights"])
        )
    assert f"dlib: {tmp_path / 'weights'}" in run("faces", "encoders", "--fetch").err
    named = run("faces", "encoders", "mobilefacenet", "--fetch")
    assert "mobilefacenet: " in named.err and "Licence: none stated" in named.err
