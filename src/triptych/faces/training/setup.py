"""How a training begins: what is asked for, the network, the photos."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import torch

from ...frame.config import TrainingConfig, partition
from ...frame.errors import ConfigError
from ...frame.progress import ProgressCallback, no_progress
from ...frame.registry import unknown_name_error
from ..encoders._embedding_net import Embedding
from ..encoders._pretrained import weights
from ..photos.crop_dataset import Album
from ..photos.identity_folder import People, people
from .config import TripletSettings
from .lightning_module import MONITOR

SCRATCH, PRETRAINED = "scratch", "mobilefacenet"

# what each start asks for, above the defaults and below the user's word; from scratch as those
# people of ORL did best with it that choose the best epoch
RECOMMENDED: Mapping[str, Mapping[str, Any]] = {
    SCRATCH: {
        "epochs": 30,
        "lr": 2e-3,
        "weight_decay": 0.05,
        "ema_decay": 0.995,
        "monitor": MONITOR,
        "margin": 0.3,
        "semihard": 0.7,
    },
    PRETRAINED: {
        "epochs": 4,
        "lr": 1e-5,
        "weight_decay": 0.0,
        "ema_decay": 0.98,
        "monitor": MONITOR,
        "backbone": PRETRAINED,
        "steps": 30,
        "semihard": 1.0,
        "frozen": 2,
        "pull": 0.01,
    },
}
# pictures taken whole are framed loosely, so they may be moved far; aligned faces may not
LOOSE: Mapping[str, Any] = {"turn": 12.0, "scale": 0.2, "shift": 0.1, "light": 0.5, "erase": 0.4}


@dataclass(frozen=True)
class Plan:
    """What to train: all that it takes to do it again, as run.json keeps it."""

    folders: list[str]
    encoder: str
    options: dict[str, Any]


def chosen_settings(
    encoder: str, changes: Mapping[str, Any]
) -> tuple[TrainingConfig, TripletSettings]:
    """What the start recommends, changed as asked for.

    Raises UnknownNameError for a setting or a start that does not exist, ConfigError for a value
    out of range, or one that another setting decides."""
    if encoder not in RECOMMENDED:
        raise unknown_name_error(encoder, RECOMMENDED, "encoder to begin with")
    loose = LOOSE if changes.get("crop") == "whole" else {}
    general, special = partition(TripletSettings, RECOMMENDED[encoder], loose, changes)
    if "batch" in general:
        raise ConfigError("A batch is --people × --photos pictures. Set these, not --batch.")
    triplets = TripletSettings.merged(special)
    _check_crops(encoder, triplets)
    batch = triplets.people * triplets.photos
    chosen = TrainingConfig.merge(general, {"batch": batch})
    if chosen.monitor != MONITOR:
        raise ConfigError(f"Training encoders is monitored by {MONITOR}, got '{chosen.monitor}'.")
    return chosen, triplets


def _check_crops(encoder: str, triplets: TripletSettings) -> None:
    """Raises ConfigError for crops that this start, or another setting, has no use for."""
    shape = triplets.height, triplets.width, triplets.channels, triplets.size
    if encoder == PRETRAINED and shape != (112, 96, 3, 128):
        raise ConfigError(
            "The pretrained encoder reads 112×96 in colour and gives 128 numbers: leave --height, "
            "--width, --channels and --size out, or use --encoder scratch."
        )
    if triplets.quarters and triplets.height != triplets.width:
        raise ConfigError(
            f"Quarter turns need square pictures, got {triplets.height}×{triplets.width}. Make "
            "--height and --width equal, or leave --quarters out."
        )


def built(
    plan: Plan,
    settings: TrainingConfig,
    triplets: TripletSettings,
    watch: ProgressCallback = no_progress,
) -> Embedding:
    """The embedding as training begins: as chance makes it, or the pretrained one."""
    if plan.encoder == PRETRAINED:
        return Embedding.pretrained(weights(watch))
    torch.manual_seed(settings.seed)
    sides = triplets.channels, triplets.height, triplets.width
    return Embedding(triplets.backbone, *sides, size=triplets.size, options=plan.options)


def gathered(folders: Sequence[str]) -> People:
    """The people of several folders; who has the same name in two is the same person."""
    found = [people(folder) for folder in folders]
    photos = sorted(
        (photo for part in found for photo in part.photos), key=lambda p: (p.person, p.name)
    )
    return replace(found[0], photos=tuple(photos))


def fingerprint(album: Album) -> str:
    """What tells an album from any other: its pictures and whose they are."""
    words = "\0".join([*album.names, *album.photos])
    content = sha256(words.encode("utf-8", "surrogateescape"))
    content.update(album.people.numpy().tobytes())
    content.update(album.images.numpy().tobytes())
    return content.hexdigest()
