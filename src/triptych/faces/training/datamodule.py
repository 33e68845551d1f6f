"""The batches of triplet training, as a LightningDataModule."""

from collections.abc import Mapping

import lightning as L
import torch

from ...frame.config import TrainingConfig
from ..photos.augmentation import AugmentationConfig
from ..photos.crop_dataset import CropDataset, Part
from ..photos.pk_sampler import FaceBatch, PKConfig, PKLoader, SequentialLoader, pk_config_for
from .config import TripletConfig

VALIDATION_BATCH = 256  # images encoded at once where nothing is learnt
MAX_VALIDATION = 1500  # images whose pairs choose the best epoch: more change it little


class TripletDataModule(L.LightningDataModule):
    """Augmented P×K batches for training, and a fixed set of images for validation."""

    def __init__(
        self, splits: Mapping[Part, CropDataset], settings: TrainingConfig, triplets: TripletConfig
    ):
        """
        Parameters:
            splits: the crops of each part, on the device; no person is in two of them.
            settings: of which the seed is used.
            triplets: sizes of a batch, and how images are augmented.
        """
        super().__init__()
        self.splits, self.seed = splits, settings.seed
        train = splits["train"]
        self.pk_config: PKConfig = pk_config_for(
            train, triplets.identities_per_batch, triplets.images_per_identity, triplets.steps
        )
        names = AugmentationConfig.__dataclass_fields__
        self.augmentation = AugmentationConfig(**{name: getattr(triplets, name) for name in names})
        self.validation_crops = splits["validation"].subsample(MAX_VALIDATION, [settings.seed, 7])

    def train_dataloader(self) -> PKLoader:
        """The batches of the trainer's current epoch that are this process's share."""
        assert self.trainer is not None
        return PKLoader(
            self.splits["train"],
            self.pk_config,
            self.augmentation,
            seed=self.seed,
            epoch=self.trainer.current_epoch,
            share=(self.trainer.global_rank, self.trainer.world_size),
        )

    def val_dataloader(self) -> SequentialLoader:
        """All validation images in every process: pairs of images cannot be shared out."""
        return SequentialLoader(self.validation_crops, VALIDATION_BATCH)

    def transfer_batch_to_device(
        self, batch: FaceBatch, device: torch.device, dataloader_idx: int
    ) -> FaceBatch:
        """The batch on `device`."""
        return batch if batch.images.device == device else batch.to(device)
