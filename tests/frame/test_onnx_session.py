"""ONNX files are read whole or refused."""

from pathlib import Path

import pytest

from triptych.frame.errors import DataError
from triptych.frame.onnx_session import REASON, open_session, read_onnx, reason

pytest.importorskip("onnxruntime", reason="the extra 'onnx' is not installed")


def refuse(why: str) -> DataError:
    return DataError(f"No network: {why}")


def test_what_is_no_network_is_refused_in_one_line(tmp_path: Path):
    with pytest.raises(DataError, match="it is no plain file"):
        read_onnx(tmp_path, "model", refuse)
    with pytest.raises(DataError, match=r"Cannot read the model .*none\.onnx"):
        read_onnx(tmp_path / "none.onnx", "model", refuse)
    (tmp_path / "a.onnx").write_bytes(b"nothing of a network")
    content = read_onnx(tmp_path / "a.onnx", "model", refuse)
    with pytest.raises(DataError, match="it cannot be opened") as slip:
        open_session(content, refuse)
    assert "\n" not in str(slip.value)


def test_long_reasons_are_cut():
    assert len(reason(ValueError("word\n" * 100))) == REASON
