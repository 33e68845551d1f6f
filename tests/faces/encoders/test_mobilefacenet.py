"""The pretrained encoder: both twins say the same under one fingerprint."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import save_file

from triptych.faces.encoders._build import load_encoder
from triptych.faces.encoders._embedding_net import EmbeddingNet
from triptych.faces.encoders._encoder import Crops, Encoder
from triptych.faces.encoders.mobilefacenet import FINGERPRINT, PREPROCESSING, MobileFaceNetEncoder
from triptych.frame.errors import DataError, ImageError
from triptych.frame.storage import images

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of weights as chance made them, named as the published ones are."""
    state = EmbeddingNet("mobilefacenet", 3, 112, 96).state_dict()
    path = tmp_path_factory.mktemp("weights") / "weights.safetensors"
    save_file({name.split(".", 1)[1]: values for name, values in state.items()}, path)
    return path


@pytest.fixture
def crops(data) -> Crops:
    """The middle of photos of ten people, ten each: 112 × 96 pixels about a face."""
    with zipfile.ZipFile(data("faces/lfw-subset/lfw-subset.zip")) as packed:
        names = sorted(name for name in packed.namelist() if name.endswith(".jpg"))
        photos = [images.read(packed.read(name)) for name in names]
    return np.stack([images.resize(photo[62:188, 71:179], 112, 96) for photo in photos])


def twins() -> list[Encoder]:
    return [load_encoder(f"mobilefacenet:{name}", device="cpu") for name in ("torch", "onnx")]


def test_vectors_are_of_unit_length_however_many(weights: Path):
    encoder = MobileFaceNetEncoder(weights)
    chance = np.random.default_rng(0)
    for count in (0, 1, 9):
        crops = chance.integers(0, 256, (count, 112, 96, 3), dtype=np.uint8)
        vectors = encoder.encode(crops)
        assert vectors.shape == (count, 128) and vectors.dtype == np.float32
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    with pytest.raises(ImageError, match="expects crops of 112×96×3, got 112×112×3"):
        encoder.encode(np.zeros((1, 112, 112, 3), np.uint8))


def test_weights_that_are_none_are_told(tmp_path: Path):
    (tmp_path / "weights.safetensors").write_bytes(b"no")
    with pytest.raises(DataError, match="holds no MobileFaceNet"):
        MobileFaceNetEncoder(tmp_path / "weights.safetensors")


@pytest.mark.real
def test_the_twins_agree_on_photos(crops: Crops):
    ours, theirs = (encoder.encode(crops) for encoder in twins())
    assert ours.shape == theirs.shape == (100, 128)
    assert np.abs(ours - theirs).max() < 1e-4
    for vectors in (ours, theirs):
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


@pytest.mark.real
def test_the_twins_agree_with_the_network_run_by_opencv(crops: Crops, data):
    import cv2

    net = cv2.dnn.readNetFromONNX(str(data("faces/mobilefacenet/mobilefacenet128.onnx")))
    net.setInput(np.ascontiguousarray(((crops[:8] - 127.5) / 128).transpose(0, 3, 1, 2), "f"))
    expected = net.forward()
    expected = expected / np.linalg.norm(expected, axis=1, keepdims=True)
    for encoder in twins():
        assert np.abs(encoder.encode(crops[:8]) - expected).max() < 1e-4


@pytest.mark.real
def test_the_twins_share_one_fingerprint_and_one_layout():
    ours, theirs = twins()
    assert ours.fingerprint == theirs.fingerprint == FINGERPRINT
    for encoder in (ours, theirs):
        assert (encoder.height, encoder.width, encoder.channels) == (112, 96, 3)
        assert encoder.dim == 128 and encoder.template == PREPROCESSING.template
        assert encoder.name == "mobilefacenet"
        assert encoder.calibration is None or encoder.calibration.encoder == FINGERPRINT


@pytest.mark.real
def test_faces_of_one_person_are_nearer_than_those_of_two(crops: Crops):
    vectors = load_encoder("mobilefacenet", device="cpu").encode(crops)
    near = vectors @ vectors.T
    same = np.kron(np.eye(10), np.ones((10, 10))).astype(bool) & ~np.eye(100, dtype=bool)
    different = ~np.kron(np.eye(10), np.ones((10, 10))).astype(bool)
    assert near[same].mean() > near[different].mean() + 0.3
