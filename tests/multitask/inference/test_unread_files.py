"""What is written for other programs alone is refused in words."""

from pathlib import Path

import pytest

from triptych.frame.errors import DataError, RunError
from triptych.multitask.inference.predictor import Predictor
from triptych.multitask.inference.unread_files import check_readable


def test_a_program_of_pytorch_is_not_unpickled(tmp_path: Path):
    path = tmp_path / "model.PT2"
    path.write_bytes(b"whatever it holds")
    with pytest.raises(DataError, match=r"unpickling, .*\. Use the run's folder, or its \.onnx"):
        Predictor.load(path)


def test_what_is_no_such_file_is_left_to_others(tmp_path: Path):
    check_readable(tmp_path)
    check_readable(tmp_path / "none.pt2")
    with pytest.raises(RunError, match="no folder"):
        Predictor.load(tmp_path / "none.pt2")
