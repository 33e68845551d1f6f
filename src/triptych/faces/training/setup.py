"""What a training begins with: settings, network and photos."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import torch

from ...frame.config import TrainingConfig, partition
from ...frame.errors import ConfigError
from ...frame.fine_tuning import check_no_fine_tuning
from ...frame.progress import ProgressCallback, no_progress
from ...frame.registry import unknown_name_error
from ...frame.training.loggers import tracker_names
from ..encoders import ENCODERS
from ..encoders._embedding_net import EmbeddingNet
from ..photos.crop_dataset import CropDataset
from ..photos.identity_folder import IdentityFolder, load_identities
from ..photos.identity_sources import merge_identities
from .config import TripletConfig
from .lightning_module import MONITOR

SCRATCH = "scratch"
FIXED = ("height", "width", "channels", "embedding_dim", "backbone", "template")
"""Settings of crops and vectors that an encoder decides which training begins from."""

# above the defaults and below the user's word; as those people of ORL did best with it that choose
# the best epoch
SCRATCH_SETTINGS: Mapping[str, Any] = {
    "epochs": 30,
    "lr": 2e-3,
    "weight_decay": 0.05,
    "ema_decay": 0.995,
    "margin": 0.3,
    "semihard_fraction": 0.7,
}
# images taken whole are framed loosely, so they may be moved far; aligned faces may not
WHOLE_IMAGE_AUGMENTATION: Mapping[str, Any] = {
    "degrees": 12.0,
    "scale": 0.2,
    "shift": 0.1,
    "color_jitter": 0.5,
    "erase": 0.4,
}


@dataclass(frozen=True)
class TrainConfig:
    """What to train on what: the "plan" of run.json.

    Parameters:
        folders: of people.
        encoder: what it begins from: "scratch", or an encoder that can be trained further.
        options: of the backbone, by name.
    """

    folders: list[str]
    encoder: str
    options: dict[str, Any]


def resolve_config(
    encoder: str, settings: Mapping[str, Any]
) -> tuple[TrainingConfig, TripletConfig]:
    """The settings of a training: what is recommended for its beginning, with changes.

    Parameters:
        encoder: what it begins from: "scratch", or an encoder that can be trained further.
        settings: changes, by name, of `TrainingConfig` and `TripletConfig`.

    Raises UnknownNameError for a setting or an encoder that does not exist, ConfigError for a value
    out of range, or one that another setting decides.
    """
    recommended = {"monitor": MONITOR, **starting_settings(encoder)}
    loose = WHOLE_IMAGE_AUGMENTATION if settings.get("crop") == "whole" else {}
    general, special = partition(TripletConfig, recommended, loose, settings)
    if "batch" in general:
        raise ConfigError("A batch is --people × --photos pictures. Set these, not --batch.")
    triplets = TripletConfig.merged(special)
    _check_crops(encoder, triplets)
    batch = triplets.identities_per_batch * triplets.images_per_identity
    training = TrainingConfig.merge(general, {"batch": batch})
    check_no_fine_tuning(training)
    tracker_names(training)  # each of them is installed
    if training.monitor != MONITOR:
        raise ConfigError(f"Training encoders is monitored by {MONITOR}, got '{training.monitor}'.")
    return training, triplets


def starting_points() -> list[str]:
    """What a training can begin from: "scratch", and the encoders that can be trained further."""
    return [SCRATCH, *(name for name, encoder in ENCODERS.items() if encoder.finetuning)]


def starting_settings(encoder: str) -> Mapping[str, Any]:
    """What is recommended for a training that begins from an encoder.

    Parameters:
        encoder: "scratch", or an encoder that can be trained further.

    Raises UnknownNameError for another.
    """
    if encoder == SCRATCH:
        return SCRATCH_SETTINGS
    if encoder not in ENCODERS or not ENCODERS[encoder].finetuning:
        raise unknown_name_error(encoder, starting_points(), "encoder to begin with")
    return ENCODERS[encoder].finetuning


def _check_crops(encoder: str, triplets: TripletConfig) -> None:
    """Raises ConfigError for crops that this start, or another setting, has no use for."""
    if encoder != SCRATCH:
        own = TripletConfig.merged(partition(TripletConfig, starting_settings(encoder))[1])
        if any(getattr(own, name) != getattr(triplets, name) for name in FIXED):
            raise ConfigError(
                f"The encoder '{encoder}' reads {own.height}×{own.width} in "
                f"{'colour' if own.channels == 3 else 'grey'} and gives {own.embedding_dim} "
                "numbers: leave --height, --width, --channels and --size out, or use --encoder "
                "scratch."
            )
    if triplets.rotation_classes and triplets.height != triplets.width:
        raise ConfigError(
            f"Quarter turns need square pictures, got {triplets.height}×{triplets.width}. Make "
            "--height and --width equal, or leave --quarters out."
        )


def build_network(
    task: TrainConfig,
    settings: TrainingConfig,
    config: TripletConfig,
    progress: ProgressCallback = no_progress,
) -> EmbeddingNet:
    """The network as training begins: with random weights, or the pretrained one.

    Parameters:
        task: what it begins from, and options of the backbone.
        settings: of which the seed is used.
        config: the backbone and the size of crops and vectors.
        progress: told how far files are fetched.
    """
    if task.encoder != SCRATCH:
        network = ENCODERS[task.encoder].network(progress)
        assert isinstance(network, EmbeddingNet)
        return network
    torch.manual_seed(settings.seed)
    sides = config.channels, config.height, config.width
    return EmbeddingNet(config.backbone, *sides, dim=config.embedding_dim, options=task.options)


def merge_folders(folders: Sequence[str]) -> IdentityFolder:
    """The people of several folders; the same name in two is the same person."""
    return merge_identities([load_identities(folder) for folder in folders])


def dataset_fingerprint(dataset: CropDataset) -> str:
    """What tells a dataset from any other: a hash of its images, names and labels."""
    names = "\0".join([*dataset.identities, *dataset.photos])
    content = sha256(names.encode("utf-8", "surrogateescape"))
    content.update(dataset.labels.numpy().tobytes())
    content.update(dataset.images.numpy().tobytes())
    return content.hexdigest()
