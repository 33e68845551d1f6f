"""Options that commands of faces share: how they are typed, and their defaults."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from triptych.cli.faces import options

app = typer.Typer()


@app.command()
def show(
    folder: options.FolderArgument,
    encoder: options.EncoderOption = "mobilefacenet",
    set_: options.EncoderSetOption = None,
    faces: options.SelectionOption = "one",
    aligned: options.AlignedOption = False,
    gallery: options.GalleryOption = "",
    threshold: options.ThresholdOption = None,
    calibration: options.CalibrationOption = None,
) -> None:
    values = (folder, encoder, set_, faces, aligned, gallery, threshold, calibration)
    assert isinstance(folder, Path) and (calibration is None or isinstance(calibration, Path))
    print("|".join(map(str, values)))


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("team", "team|mobilefacenet|None|one|False||None|None"),
        ("team --encoder x.onnx --set a=1 --set b=2", "team|x.onnx|['a=1', 'b=2']|one|False||"),
        ("team --faces all --aligned -g p.db", "|all|True|p.db|None|None"),
        ("team --gallery p.db --threshold 1.1 --calibration c.json", "|p.db|1.1|c.json"),
    ],
)
def test_options_are_typed_so(words: str, shown: str):
    result = CliRunner().invoke(app, words.split())
    assert result.exit_code == 0, result.output
    assert shown in result.output


@pytest.mark.parametrize("words", ["", "team --threshold near", "team --faces"])
def test_what_cannot_be_read_is_refused(words: str):
    assert CliRunner().invoke(app, words.split()).exit_code == 2
