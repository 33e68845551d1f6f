"""The last and the best epoch of a run: written whole or not at all, read as plain values."""

import io
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, Literal

import lightning as L
import torch
from lightning.pytorch.callbacks import ModelCheckpoint
from lightning.pytorch.plugins.io import TorchCheckpointIO

from ..errors import RunError
from ..storage.files import atomic_write, make_folder

CHECKPOINTS, LAST, BEST = "checkpoints", "last", "best"


class AtomicCheckpointIO(TorchCheckpointIO):
    """Writes a checkpoint beside its place, and renames it once it is on the disk.

    Lightning's own writes it into the system's folder for temporary files and moves it. Where that
    is another file system, moving is copying, and a process that is killed by then, or a full
    disk, leaves half a checkpoint in place of the one that was there.
    """

    def save_checkpoint(
        self, checkpoint: dict[str, Any], path: str | Path, storage_options: Any = None
    ) -> None:
        """Write a checkpoint.

        Parameters:
            checkpoint: tensors and plain values.
            path: of the file; the folder of its folder exists.
            storage_options: of other file systems, not used.

        Raises WriteError; the checkpoint that was there is kept then.
        """
        content = io.BytesIO()  # first, for PyTorch tells a full disk in its own words
        torch.save(checkpoint, content)
        make_folder(Path(path).parent, parents=False)
        with atomic_write(path) as beside, beside.open("wb") as file:
            file.write(content.getbuffer())
            file.flush()
            os.fsync(file.fileno())  # else a power cut may leave the new name and nothing in it


class EpochCheckpoint(ModelCheckpoint):
    """Keeps one epoch in a run folder: the last, or the best by a metric. It knows its figures
    where the run has been moved meanwhile, too."""

    def __init__(
        self,
        folder: Path,
        name: str,
        monitor: str | None = None,
        mode: Literal["max", "min"] = "min",
    ):
        """
        Parameters:
            folder: of the run.
            name: of the file, without its ending.
            monitor: the metric whose best epoch is kept; None for the last epoch.
            mode: "max" or "min", whichever is better.
        """
        super().__init__(
            folder / CHECKPOINTS, name, monitor=monitor, mode=mode, enable_version_counter=False
        )

    @property
    def state_key(self) -> str:
        """The name of its figures in a checkpoint, that of Lightning's own callback."""
        return super().state_key.replace(type(self).__qualname__, ModelCheckpoint.__qualname__, 1)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over the figures of the epochs before, with the paths of today."""
        moved = {
            name: self._path(value) if isinstance(value, str) and name.endswith("_path") else value
            for name, value in state_dict.items()
        }
        known = state_dict.get("best_k_models", {})
        moved["best_k_models"] = {self._path(path): score for path, score in known.items()}
        super().load_state_dict({**moved, "dirpath": self.dirpath})

    def _path(self, path: str) -> str:
        return os.path.join(self.dirpath or "", Path(path).name) if path else path  # noqa: PTH118


def checkpoint_path(folder: Path, name: str = LAST) -> Path:
    """Where a run has an epoch.

    Parameters:
        folder: of the run.
        name: `LAST` or `BEST`.
    """
    return folder / CHECKPOINTS / f"{name}.ckpt"


def has_checkpoint(folder: Path) -> bool:
    """Whether a run has a complete epoch to go on from.

    Parameters:
        folder: of the run.
    """
    return checkpoint_path(folder).exists()


def check_checkpoint(checkpoint: Path) -> None:
    """Raise RunError for a checkpoint that cannot be read whole; Lightning raises any error.

    Parameters:
        checkpoint: its path.
    """
    with _telling_damage(checkpoint, "it"):
        torch.load(checkpoint, map_location="cpu", weights_only=True)


def restore_best(module: L.LightningModule, folder: Path) -> None:
    """Load the weights of the best epoch into the module, where `folder` has them.

    Parameters:
        module: the weights go into.
        folder: of the run.

    Raises RunError for a checkpoint that cannot be read.
    """
    best = checkpoint_path(folder, BEST)
    if best.exists():
        with _telling_damage(best, str(best.parent)):
            state = torch.load(best, map_location=module.device, weights_only=True)
            module.load_state_dict(state["state_dict"])


@contextmanager
def _telling_damage(checkpoint: Path, remedy: str) -> Iterator[None]:
    try:
        yield
    except (UnpicklingError, zipfile.BadZipFile, EOFError, RuntimeError, OSError) as error:
        raise RunError(
            f"{checkpoint} is damaged. Delete {remedy} to start the run anew."
        ) from error
