"""A file answers as the run it is of, and what is no such file is told in one line."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from triptych.frame.errors import ConfigError, DataError
from triptych.frame.storage import images
from triptych.multitask.inference.onnx_network import OnnxNetwork
from triptych.multitask.inference.predictor import Predictor
from triptych.multitask.model.multitask_model import MultitaskModel

Exported = Callable[..., tuple[MultitaskModel, bytes]]

WITHOUT_TORCH = """
import sys
class Missing:
    def find_spec(self, name, *rest):
        if name.split(".")[0] in ("torch", "torchmetrics", "lightning", "onnx"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Missing())
from triptych.cli.main import main
main()
"""
NUMBERS = 1e-2  # pixels, and 1e-4 of probabilities, as they are rounded


def alike(one: Any, other: Any) -> bool:
    """Whether two answers say the same but for rounding errors."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, float):
        return bool(abs(one - other) <= NUMBERS)
    return one == other


@pytest.mark.parametrize(
    ("heads", "info"),
    [
        (("label", "box", "circle"), {}),
        (("mask", "semantic"), {"background": "dark", "channels": 1}),
        (("boxes", "circles"), {}),
        (("label", "mask"), {"input": "ink", "channels": 1, "background": "dark", "width": 32}),
    ],
    ids=str,
)
@pytest.mark.parametrize("invert", ["auto", "yes", "no"])
def test_a_file_answers_as_its_model(
    exported: Exported, heads: tuple[str, ...], info: dict, invert: Any, tmp_path: Path
):
    model, content = exported(*heads, **info)
    (tmp_path / "model.onnx").write_bytes(content)
    ours = Predictor(model, device="cpu", invert=invert)
    file = Predictor.load(tmp_path / "model.onnx", invert=invert)
    rng = np.random.default_rng(0)
    pictures = [rng.integers(0, 256, size, np.uint8) for size in ((40, 30, 3), (32, 48, 1))]
    pictures.append(np.full((60, 60, 3), 230, np.uint8))
    pictures[-1][20:40, 25:35] = 20  # dark on light
    for one, other in zip(ours.predict_all(pictures), file.predict_all(pictures), strict=True):
        assert alike(one.to_dict(), other.to_dict())
        assert one.inverted == other.inverted
        assert one.novelty == pytest.approx(other.novelty, abs=1e-3)
        assert np.abs(ours.draw(one).astype(int) - file.draw(other)).max() <= 8


def test_a_file_is_read_without_pytorch(exported: Exported, tmp_path: Path):
    _, content = exported("label", "boxes", "mask")
    (tmp_path / "model.onnx").write_bytes(content)
    (tmp_path / "in").mkdir()
    images.save(tmp_path / "in" / "one.png", np.zeros((20, 30, 3), np.uint8))
    words = ["predict", "model.onnx", "in/one.png", "--draw", "drawn", "--json"]
    command = [sys.executable, "-c", WITHOUT_TORCH, *words]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (told,) = json.loads(done.stdout)["predictions"]
    assert set(told["answers"]) == {"label", "boxes", "mask"}
    assert (tmp_path / "drawn" / "one.png").is_file()
    to = ["predict", "model.onnx", "in/one.png", "--to", "coco", "--out", "coco"]
    done = subprocess.run([*command[:3], *to], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_what_a_file_cannot_do_is_told(exported: Exported, tmp_path: Path):
    _, content = exported("label")
    (path := tmp_path / "model.onnx").write_bytes(content)
    with pytest.raises(ConfigError, match="runs on the CPU"):
        Predictor.load(path, device="cuda")
    with pytest.raises(ConfigError, match="cannot average over mirrors"):
        Predictor.load(path, flip_average=True)
    with pytest.raises(DataError, match=r"Cannot read the model .*none\.onnx"):
        Predictor.load(tmp_path / "none.onnx")


def test_files_of_other_kinds_are_refused_in_one_line(exported: Exported):
    import onnx

    _, content = exported("label", "mask")
    with pytest.raises(DataError, match="cannot be opened"):
        OnnxNetwork(content[:900], "half.onnx")
    plain = onnx.load_from_string(content)
    del plain.metadata_props[:]
    with pytest.raises(DataError, match=r"other\.onnx is none: it does not tell"):
        OnnxNetwork(plain.SerializeToString(), "other.onnx")
    other = onnx.load_from_string(content)
    for one in other.metadata_props:
        one.value = one.value.replace('"kind": "mask"', '"kind": "boxes", "classes": ["a"]')
    with pytest.raises(DataError, match=r"lacks the output mask\.classes"):
        OnnxNetwork(other.SerializeToString(), "other.onnx")


def test_a_file_that_answers_otherwise_than_it_says_is_refused(exported: Exported):
    import onnx

    _, content = exported("label", "circle")
    lying = onnx.load_from_string(content)
    for one in lying.metadata_props:
        one.value = one.value.replace('"circle": {"kind": "circle"', '"circle": {"kind": "box"')
    predictor = Predictor(OnnxNetwork(lying.SerializeToString(), "lying.onnx"))
    with pytest.raises(DataError, match=r"lying\.onnx is none: it answers otherwise"):
        predictor.predict(np.zeros((9, 9, 3), np.uint8))
