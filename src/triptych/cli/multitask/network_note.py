"""What the terminal says of a network before its training begins."""

from pathlib import Path

import lightning as L
from lightning.pytorch.callbacks import Callback

from ...frame.errors import RunError
from ...frame.storage import run_folder
from ...multitask.model.network_cost import NetworkCost
from .. import console


class NetworkNote(Callback):
    """Prints what the backbone costs, and what would serve better, as run.json has it."""

    def __init__(self, folder: Path):
        """
        Parameters:
            folder: of the run.
        """
        self.folder = folder

    def on_train_start(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Print it, once."""
        if not trainer.is_global_zero:
            return
        try:
            record = run_folder.read_record(self.folder)
            console.log(str(NetworkCost(**record["network"])))
        except (RunError, KeyError, TypeError):
            return  # it is but a note
        if hint := record.get("hint"):
            console.log(hint)
