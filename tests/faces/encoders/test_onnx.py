"""Encoders in ONNX files: a good one says what it should, a bad one is told in one line."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from triptych.faces.encoders._preprocessing import parse_preprocessing
from triptych.faces.encoders.onnx import BATCH, OnnxEncoder
from triptych.frame.errors import DataError, ImageError, MissingDependencyError

HEIGHT, WIDTH, SIZE = 8, 6, 4
SMALL = {"size": f"{HEIGHT}x{WIDTH}", "template": "whole"}
IMAGES = ("n", 3, HEIGHT, WIDTH)
WEIGHTS = np.random.default_rng(0).normal(size=(3 * HEIGHT * WIDTH, SIZE)).astype(np.float32)
FLATTEN = helper.make_node("Flatten", ["images"], ["flat"])
MULTIPLY = helper.make_node("MatMul", ["flat", "weights"], ["vectors"])
CROPS = np.random.default_rng(1).integers(0, 256, (2 * BATCH + 3, HEIGHT, WIDTH, 3), dtype=np.uint8)


def network(
    shape: Sequence[int | str] = IMAGES,
    nodes: Sequence[onnx.NodeProto] = (FLATTEN, MULTIPLY),
    *,
    weights: np.ndarray = WEIGHTS,
    inputs: int = 1,
    kind: int = TensorProto.FLOAT,
    said: int = TensorProto.FLOAT,
) -> onnx.ModelProto:
    """A linear encoder; or whatever else is asked for, right or wrong."""
    names = ["images", *(f"more{number}" for number in range(1, inputs))][:inputs]
    graph = helper.make_graph(
        list(nodes),
        "encoder",
        [helper.make_tensor_value_info(name, kind, shape) for name in names],
        [helper.make_tensor_value_info("vectors", said, None)],
        [numpy_helper.from_array(weights, "weights")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "encoder.onnx"


def opened(file: Path, model: onnx.ModelProto, **options: str) -> OnnxEncoder:
    file.write_bytes(model.SerializeToString())
    return OnnxEncoder(file, parse_preprocessing({**SMALL, **options}))


def told(file: Path, words: str, **options: str) -> None:
    with pytest.raises(DataError, match=words) as error:
        OnnxEncoder(file, parse_preprocessing({**SMALL, **options}))
    assert "\n" not in str(error.value) and len(str(error.value)) < 600


def expected(
    crops: np.ndarray, mean: float | np.ndarray = 127.5, scale: float | np.ndarray = 128.0
) -> np.ndarray:
    """The linear encoder by hand."""
    flat = (
        ((crops.astype(np.float32) - mean) / scale).transpose(0, 3, 1, 2).reshape(len(crops), 144)
    )
    vectors = flat @ WEIGHTS
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_each_colour_has_its_own_mean_in_the_order_the_network_reads(file: Path):
    encoder = opened(file, network(), mean="10,20,30", scale="100,50,25", colour="bgr")
    means, scales = np.array([10, 20, 30]), np.array([100, 50, 25])
    by_hand = expected(CROPS[..., ::-1], means, scales)
    assert np.allclose(encoder.encode(CROPS), by_hand, atol=1e-5)
    assert not np.allclose(expected(CROPS[..., ::-1], means[::-1], scales), by_hand, atol=1e-2)


@pytest.mark.parametrize("count", [0, 1, BATCH, 2 * BATCH + 3])
@pytest.mark.parametrize("batch", ["n", 1, 3])
def test_any_number_of_crops_is_encoded_whatever_the_batch(
    file: Path, batch: int | str, count: int
):
    encoder = opened(file, network((batch, *IMAGES[1:])))
    vectors = encoder.encode(CROPS[:count])
    assert vectors.shape == (count, SIZE) and vectors.dtype == np.float32
    assert np.allclose(vectors, expected(CROPS[:count]), atol=1e-5)


def test_pixels_are_normalised_and_ordered_as_told(file: Path):
    encoder = opened(file, network(), mean="0", scale="255", colour="bgr")
    assert np.allclose(encoder.encode(CROPS), expected(CROPS[..., ::-1], 0, 255), atol=1e-5)


def test_channels_may_come_last(file: Path):
    turn = helper.make_node("Transpose", ["images"], ["first"], perm=[0, 3, 1, 2])
    flatten = helper.make_node("Flatten", ["first"], ["flat"])
    encoder = opened(file, network(("n", HEIGHT, WIDTH, 3), [turn, flatten, MULTIPLY]))
    assert np.allclose(encoder.encode(CROPS), expected(CROPS), atol=1e-5)


def test_grey_encoders_read_one_channel(file: Path):
    weights = WEIGHTS[: HEIGHT * WIDTH]
    encoder = opened(file, network(("n", 1, HEIGHT, WIDTH), weights=weights), colour="grey")
    assert encoder.channels == 1 and encoder.encode(CROPS[..., :1]).shape == (len(CROPS), SIZE)


def test_a_fingerprint_is_of_the_content_and_the_layout_not_of_the_name(tmp_path: Path):
    one = opened(tmp_path / "one.onnx", network())
    assert one.name == "one" and one.fingerprint.startswith("onnx-")
    assert one.fingerprint == opened(tmp_path / "two.onnx", network()).fingerprint
    others = {
        opened(tmp_path / "3.onnx", network(weights=WEIGHTS + 1)).fingerprint,
        opened(tmp_path / "4.onnx", network(), mean="0").fingerprint,
        opened(tmp_path / "5.onnx", network(), colour="bgr").fingerprint,
        opened(tmp_path / "6.onnx", network(), template="narrow").fingerprint,
    }
    assert len({one.fingerprint, *others}) == 5


def test_crops_of_another_size_are_told(file: Path):
    with pytest.raises(ImageError, match="expects crops of 8×6×3, got 6×8×3"):
        opened(file, network()).encode(CROPS.transpose(0, 2, 1, 3))


# --- what is no such network ---


@pytest.mark.parametrize("content", [b"", b"no", b"\x80\x04.", b"\xff" * 99, b"\x08\x08" * 50])
def test_files_of_another_kind_are_told(file: Path, content: bytes):
    file.write_bytes(content)
    told(file, "it cannot be opened")


def test_missing_files_and_folders_are_told(tmp_path: Path):
    told(tmp_path / "none.onnx", "Cannot read the encoder .*none.onnx: no such file")
    (tmp_path / "folder.onnx").mkdir()
    told(tmp_path / "folder.onnx", "it is no plain file")


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (network(("n", 3 * HEIGHT * WIDTH)), "expected float images"),
        (network(("n", 3, 48)), "expected float images"),
        (network(inputs=2), "expected 1 input, got 2"),
        (network(("n", 3, WIDTH, HEIGHT)), "not size=8x6 with 3 channels"),
        (network(("n", 1, 12, 12)), "not size=8x6 with 3 channels"),
        (network(weights=WEIGHTS[1:]), "cannot be opened"),
        (network(("n", 3, "h", "w"), weights=WEIGHTS[1:]), "it fails"),
        (network(weights=WEIGHTS[:, :1]), r"has shape \(2, 1\)"),
        (network(weights=WEIGHTS[:, :0]), r"has shape \(2, 0\)"),
        (network(weights=WEIGHTS * np.nan), "numbers that are none"),
        (network(weights=WEIGHTS * np.inf), "numbers that are none"),
        (network(nodes=[helper.make_node("Identity", ["images"], ["vectors"])]), "has shape"),
        (network(nodes=[helper.make_node("Shrug", ["images"], ["vectors"])]), "cannot be opened"),
        (network(nodes=[MULTIPLY]), "cannot be opened"),
        (
            network(
                nodes=[helper.make_node("Cast", ["images"], ["vectors"], to=TensorProto.INT64)],
                said=TensorProto.INT64,
            ),
            "no tensor of float32",
        ),
        (
            network(
                nodes=[
                    FLATTEN,
                    helper.make_node("MatMul", ["flat", "weights"], ["all"]),
                    helper.make_node("ReduceMean", ["all"], ["vectors"], axes=[0]),
                ]
            ),
            r"its output for 2 crops has shape \(1, 4\)",
        ),
    ],
)
def test_networks_that_do_not_turn_images_into_vectors_are_told(
    file: Path, model: onnx.ModelProto, words: str
):
    file.write_bytes(model.SerializeToString())
    told(file, words)


def test_answers_that_are_no_vectors_are_told_when_they_come(file: Path):
    # the square root of what is below the mean is no number: grey 128 is above it, black is not
    root = helper.make_node("Sqrt", ["flat"], ["roots"])
    multiply = helper.make_node("MatMul", ["roots", "weights"], ["vectors"])
    encoder = opened(file, network(nodes=[FLATTEN, root, multiply]))
    with pytest.raises(DataError, match=r"encoder\.onnx answers with numbers that are none"):
        encoder.encode(np.zeros((1, HEIGHT, WIDTH, 3), np.uint8))
    zeros = opened(file, network(nodes=[FLATTEN, MULTIPLY]), mean="0", scale="1")
    with pytest.raises(DataError, match="nothing but zeros"):
        zeros.encode(np.zeros((1, HEIGHT, WIDTH, 3), np.uint8))


@pytest.mark.parametrize("place", ["weights.bin", "../weights.bin", "absolute", "/etc/hostname"])
@pytest.mark.parametrize("within", [".", "sub"])
def test_weights_in_other_files_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, within: str
):
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / within)
    WEIGHTS.tofile(tmp_path / "weights.bin")
    model = network()
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key = "location"
    entry.value = str(tmp_path / "weights.bin") if place == "absolute" else place
    file = tmp_path / "sub" / "encoder.onnx"
    file.write_bytes(model.SerializeToString())
    told(file, "in one file.*cannot be opened")


def test_a_missing_package_is_told(file: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'triptych\[faces\]'"):
        opened(file, network())


DAMAGE = """
import sys
import numpy as np
from pathlib import Path
from triptych.faces.encoders.onnx import OnnxEncoder
from triptych.faces.encoders._preprocessing import parse_preprocessing
from triptych.frame.errors import DataError

file, whole = Path(sys.argv[1]), Path(sys.argv[1]).read_bytes()
chance, told = np.random.default_rng(0), 0
for trial in range(200):
    content = bytearray(whole)
    for _ in range(chance.integers(1, 6)):
        content[chance.integers(len(content))] = chance.integers(256)
    if trial % 4 == 0:
        content = content[: chance.integers(len(content))]
    file.write_bytes(bytes(content))
    try:
        OnnxEncoder(file, parse_preprocessing({"size": "8x6", "template": "whole"}))
    except DataError as error:
        told += "\\n" not in str(error)
print(told)
"""


def test_no_damage_ends_the_process(file: Path):
    shaped = helper.make_node("Conv", ["images", "kernel"], ["maps"], kernel_shape=[3, 3])
    pooled = helper.make_node("GlobalAveragePool", ["maps"], ["means"])
    model = network(nodes=[shaped, pooled, helper.make_node("Flatten", ["means"], ["vectors"])])
    kernel = np.random.default_rng(0).normal(size=(4, 3, 3, 3)).astype(np.float32)
    model.graph.initializer[0].CopyFrom(numpy_helper.from_array(kernel, "kernel"))
    opened(file, model)
    done = subprocess.run(
        [sys.executable, "-c", DAMAGE, str(file)],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) > 50
