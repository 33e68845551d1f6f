"""An encoder that `triptych faces train` made: a run folder."""

from collections.abc import Mapping
from pathlib import Path

import torch

from ...frame.errors import ConfigError, DataError, RunError, UnknownNameError
from ...frame.progress import ProgressCallback, no_progress
from ...frame.storage import model_files
from ...frame.storage.run_kind import FACES
from ...frame.training.devices import resolve_device
from ..calibration.calibration import Calibration
from ..detection.template import LandmarkTemplate
from ._embedding_net import EmbeddingNet
from ._encoder import Crops, Encoder, Vectors, check_crop_shape, fingerprint, l2_normalize

PANEL = "faces"
LOAD_ERRORS = (  # what a description can raise that was changed by hand
    *(AttributeError, KeyError, MemoryError, OverflowError),
    *(RuntimeError, TypeError, ValueError, DataError, ConfigError),
)


class RunEncoder(Encoder):
    """The network of a run, and the crops it was trained on."""

    def __init__(self, folder: Path, device: torch.device | str = "cpu"):
        """
        Parameters:
            folder: the run folder.
            device: where the network is run.

        Raises RunError for a folder without such a network, of a newer version, or changed.
        """
        description, tensors = model_files.load_model(folder, FACES)
        try:
            embedding = EmbeddingNet.from_description(description["embedding"])
            embedding.load_state_dict(tensors)
            template, calibration = description["template"], description["calibration"]
            self.template = None if template is None else LandmarkTemplate.from_dict(template)
            self.calibration = None if calibration is None else Calibration.from_dict(calibration)
            self._checked(embedding)
        except (*LOAD_ERRORS, UnknownNameError) as error:
            raise RunError(
                f"{folder / model_files.DESCRIPTION} and its weights do not fit this triptych "
                f"or each other ({type(error).__name__}). Train again."
            ) from error
        self.name = folder.resolve().name
        self.height, self.width = embedding.height, embedding.width
        self.channels, self.dim = embedding.channels, embedding.dim
        self.fingerprint = run_fingerprint(description["sha256"], embedding, self.template)
        self.embedding = embedding.prepare_for_inference(torch.device(device))

    @classmethod
    def load(
        cls,
        argument: str,
        *,
        device: str = "auto",
        options: Mapping[str, str] | None = None,
        progress: ProgressCallback = no_progress,
    ) -> "RunEncoder":
        """The encoder in the run folder that the argument names."""
        return cls(Path(argument), resolve_device(device))

    @classmethod
    def reads(cls, path: Path) -> bool:
        """Whether it is a folder."""
        return path.is_dir()

    def encode(self, crops: Crops) -> Vectors:
        """Raises ImageError for crops of another size, DataError where the weights are damaged."""
        return l2_normalize(
            self.embedding.encode(check_crop_shape(crops, self)), f"The encoder '{self.name}'"
        )

    def _checked(self, embedding: EmbeddingNet) -> None:
        if embedding.channels not in (1, 3):
            raise ValueError(f"no photo has {embedding.channels} channels")
        sides = (embedding.height, embedding.width)
        if self.template and (self.template.height, self.template.width) != sides:
            raise ValueError("the crops are not of the network's size")


def save_encoder(
    folder: Path,
    embedding: EmbeddingNet,
    template: LandmarkTemplate | None,
    calibration: Calibration | None = None,
) -> None:
    """Write into a run folder what `RunEncoder` reads.

    Parameters:
        folder: the run folder.
        embedding: the trained network.
        template: where landmarks lie in its crops; None where images are taken whole.
        calibration: the threshold it comes with.

    Raises WriteError.
    """
    description = {
        "panel": PANEL,
        "embedding": embedding.description(),
        "template": template and template.to_dict(),
        "height": embedding.height,
        "width": embedding.width,
        "channels": embedding.channels,
        "calibration": calibration and calibration.to_dict(),
    }
    model_files.save_model(folder, embedding.state_dict(), description)


def run_fingerprint(sha256: str, embedding: EmbeddingNet, template: LandmarkTemplate | None) -> str:
    """The fingerprint of a trained network. A run's name is no part: it may be moved and renamed.

    Parameters:
        sha256: checksum of the weights.
        embedding: the network.
        template: where landmarks lie in its crops; None where images are taken whole.
    """
    facts = sha256, embedding.description(), template and template.to_dict()
    return fingerprint("trained", *facts)
