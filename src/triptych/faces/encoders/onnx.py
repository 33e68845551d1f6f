"""An encoder from elsewhere: a network in an ONNX file, run by onnxruntime."""

import hashlib
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32

from ...frame.dependencies import requires
from ...frame.errors import DataError
from ...frame.onnx_session import open_session, read_onnx, reason
from ...frame.progress import ProgressCallback, no_progress
from ..calibration.calibration import Calibration
from ._encoder import Crops, Encoder, Vectors, check_crop_shape, fingerprint, l2_normalize
from ._preprocessing import Preprocessing, parse_preprocessing, read_sidecar

BATCH = 8  # crops at a time where the network leaves it open: more are no faster


class OnnxEncoder(Encoder):
    """A network from one image input (batch first; channels before or after height and width) to
    one vector a crop.

    The file is not trusted: it is read into memory, may refer to no other file, and its output for
    a grey crop is checked before it is used.
    """

    has_options = True

    def __init__(
        self,
        path: Path,
        preprocessing: Preprocessing,
        *,
        name: str | None = None,
        known_fingerprint: str | None = None,
        calibration: Calibration | None = None,
    ):
        """
        Parameters:
            path: of the ONNX file.
            preprocessing: how it reads crops.
            name: by default the file's.
            known_fingerprint: of a file that was checked already; others get their own.
            calibration: the threshold it comes with.

        Raises DataError for a file that is no such network, MissingDependencyError without
        onnxruntime.
        """
        content = read_onnx(path, "encoder", partial(_not_an_encoder, path))
        sha256 = hashlib.sha256(content).hexdigest()
        self.path, self.preprocessing, self.name = path, preprocessing, name or path.stem
        self.fingerprint = known_fingerprint or fingerprint("onnx", sha256, preprocessing.to_dict())
        self.height, self.width, self.channels = (
            preprocessing.height,
            preprocessing.width,
            preprocessing.channels,
        )
        self.template, self.calibration = preprocessing.template, calibration
        self.session = _session(content, path)
        self.input, self.channels_last, self.batch = self._inspect_input()
        self.dim = self._probe_output()

    @classmethod
    def load(
        cls,
        argument: str,
        *,
        device: str = "auto",
        options: Mapping[str, str] | None = None,
        progress: ProgressCallback = no_progress,
    ) -> "OnnxEncoder":
        """The network in the file that the argument names, on the processor whatever the device."""
        path = Path(argument)
        values = {**read_sidecar(path), **(options or {})}
        return cls(path, parse_preprocessing(values))

    @classmethod
    def reads(cls, path: Path) -> bool:
        """Whether the name ends in .onnx."""
        return path.suffix.lower() == ".onnx"

    def encode(self, crops: Crops) -> Vectors:
        """Raises DataError where the network answers with what is no vector."""
        crops = check_crop_shape(crops, self)
        vectors = [np.zeros((0, self.dim), np.float32)]
        step = self.batch or BATCH
        for start in range(0, len(crops), step):
            vectors.append(self._vectors(crops[start : start + step]))
        return l2_normalize(np.concatenate(vectors), f"The encoder {self.path}")

    def _vectors(self, crops: Crops) -> Vectors:
        """What the network says to at most a batch: filled up where its size is fixed."""
        count = len(crops)
        if self.batch > count:
            crops = np.concatenate([crops, np.repeat(crops[:1], self.batch - count, 0)])
        try:
            output = self.session.run(None, {self.input: self._pixels(crops)})[0]
        except Exception as error:  # onnxruntime has a dozen kinds of its own
            raise _not_an_encoder(self.path, f"it fails: {reason(error)}") from error
        if not isinstance(output, np.ndarray) or output.dtype != np.float32:
            raise _not_an_encoder(self.path, "its output is no tensor of float32")
        if output.ndim != 2 or len(output) != len(crops) or output.shape[1] < 2:
            raise _not_an_encoder(
                self.path, f"its output for {len(crops)} crops has shape {output.shape}"
            )
        return output[:count]

    def _pixels(self, crops: Crops) -> Float32[np.ndarray, "count _ _ _"]:
        """Crops as the network reads them."""
        if self.preprocessing.color_order == "bgr":
            crops = crops[..., ::-1]
        mean, scale = (
            np.array(value, np.float32)
            for value in (self.preprocessing.mean, self.preprocessing.scale)
        )
        pixels = (crops.astype(np.float32) - mean) / scale
        order = pixels if self.channels_last else pixels.transpose(0, 3, 1, 2)
        return np.ascontiguousarray(order, np.float32)

    def _inspect_input(self) -> tuple[str, bool, int]:
        """The input's name, whether channels come last, and the batch size, 0 where it is open."""
        inputs = self.session.get_inputs()
        if len(inputs) != 1:
            raise _not_an_encoder(self.path, f"expected 1 input, got {len(inputs)}")
        shape, kind = inputs[0].shape, inputs[0].type
        if kind != "tensor(float)" or len(shape) != 4:
            raise _not_an_encoder(
                self.path, f"expected float images as input, got {kind} of {shape}"
            )
        layout = self.preprocessing
        first = [layout.channels, layout.height, layout.width]
        last = [*first[1:], first[0]]
        if not (_fits(shape[1:], first) or _fits(shape[1:], last)):
            size = f"{layout.height}x{layout.width}"
            raise _not_an_encoder(
                self.path, f"its input is {shape}, not size={size} with {layout.channels} channels"
            )
        return inputs[0].name, not _fits(shape[1:], first), _fixed(shape[0])

    def _probe_output(self) -> int:
        """How many numbers a vector has; where it can, it must tell two crops apart from one."""
        grey = np.full((self.batch or 2, self.height, self.width, self.channels), 128, np.uint8)
        output = self._vectors(grey)
        if not np.isfinite(output).all():
            raise _not_an_encoder(self.path, "it answers with numbers that are none")
        return output.shape[1]


def _session(content: bytes, path: Path) -> Any:
    with requires("An encoder in an ONNX file", "onnxruntime", "triptych[faces]"):
        return open_session(content, partial(_not_an_encoder, path))


def _fits(shape: list[Any], sides: list[int]) -> bool:
    """Whether an input of this shape takes such images; what is no number is left open."""
    return all(not isinstance(open_, int) or open_ == side for open_, side in zip(shape, sides))


def _fixed(batch: Any) -> int:
    return batch if isinstance(batch, int) and batch > 0 else 0


def _not_an_encoder(path: Path, why: str) -> DataError:
    return DataError(
        f"Expected an ONNX network from images to vectors in one file, but {path} is not: "
        f"{why.rstrip('.')}. Export it anew, or say how it reads images (size, template …)."
    )
