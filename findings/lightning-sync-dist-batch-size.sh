#!/usr/bin/env bash
# Lightning 2.6.6, torch 2.13.0: self.log(..., batch_size=n, sync_dist=True) on two processes whose
# shares of the images are unequal, as at the end of a split of 9 images.
#
# Expected: the epoch's value is the mean over all images: of nine images of value 1 it is 1.
# Seen: 1.125. The sum and the number of images are averaged over the processes, and the number, 4.5,
#   loses its fraction: 4.5 / 4. An accuracy logged so exceeds 1.
# Way round: log with batch_size = n times the number of processes, or all_reduce sum and count oneself.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet lightning==2.6.6 torch==2.13.0
cat > "$folder/two.py" <<'PYTHON'
import warnings
from importlib.metadata import version

import lightning as L
import torch
from torch.utils.data import DataLoader

warnings.filterwarnings("ignore")


class Module(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))

    def validation_step(self, batch, batch_idx):
        self.log("value", batch.mean(), batch_size=len(batch), sync_dist=True, on_epoch=True)

    def training_step(self, batch, batch_idx):
        return self.weight.sum()

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), 0.1)


class Data(L.LightningDataModule):
    def val_dataloader(self):
        share = torch.ones(5 if self.trainer.global_rank == 0 else 4)
        return DataLoader(share, batch_size=5)


if __name__ == "__main__":
    options = {"logger": False, "enable_progress_bar": False, "enable_model_summary": False}
    trainer = L.Trainer(
        accelerator="cpu", devices=2, strategy="ddp", use_distributed_sampler=False,
        num_sanity_val_steps=0, enable_checkpointing=False, **options,
    )
    (result,) = trainer.validate(Module(), Data(), verbose=False)
    if trainer.is_global_zero:
        print("Lightning", version("lightning"), "torch", torch.__version__)
        print(f"mean of nine ones, five in one process and four in the other: {result['value']:.4f}")
        assert abs(result["value"] - 1.125) < 1e-6, "changed: unequal shares have another mean"
PYTHON
"$folder/venv/bin/python" "$folder/two.py" 2> "$folder/talk" || { tail -5 "$folder/talk"; exit 1; }
