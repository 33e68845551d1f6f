"""What Lightning is to do with an embedding and an album: batches, step, schedule, figures."""

from collections.abc import Mapping

import lightning as L
import numpy as np
import torch
import torch.nn.functional as F
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor, nn

from ...frame.config import TrainingConfig
from ...frame.training.optimizer import adamw_one_cycle
from ..encoders._embedding_net import EmbeddingNet
from ..metrics.roc import roc_curve
from ..photos.augmentation import AugmentationConfig
from ..photos.crop_dataset import CropDataset, Part
from ..photos.pk_sampler import FaceBatch, PKConfig, PKLoader, SequentialLoader, pk_config_for
from .config import TripletConfig
from .triplet_loss import Mining, TripletLoss

MONITOR = "verification/score"
VALIDATION_BATCH = 256  # pictures encoded at once where nothing is learnt
MAX_VALIDATION = 1500  # pictures whose pairs choose the best epoch: more change it little


class TripletDataModule(L.LightningDataModule):
    """The batches of each epoch, and the pictures it is judged by."""

    def __init__(
        self, albums: Mapping[Part, CropDataset], settings: TrainingConfig, triplets: TripletConfig
    ):
        super().__init__()
        self.albums, self.seed = albums, settings.seed
        train = albums["train"]
        self.lot: PKConfig = pk_config_for(
            train, triplets.identities_per_batch, triplets.images_per_identity, triplets.steps
        )
        names = AugmentationConfig.__dataclass_fields__
        self.changes = AugmentationConfig(**{name: getattr(triplets, name) for name in names})
        self.validation_crops = albums["validation"].subsample(MAX_VALIDATION, [settings.seed, 7])

    def train_dataloader(self) -> PKLoader:
        assert self.trainer is not None
        return PKLoader(
            self.albums["train"],
            self.lot,
            self.changes,
            seed=self.seed,
            epoch=self.trainer.current_epoch,
            share=(self.trainer.global_rank, self.trainer.world_size),
        )

    def val_dataloader(self) -> SequentialLoader:
        """All of it for every process: pairs of pictures cannot be shared out."""
        return SequentialLoader(self.validation_crops, VALIDATION_BATCH)

    def transfer_batch_to_device(
        self, batch: FaceBatch, device: torch.device, dataloader_idx: int
    ) -> FaceBatch:
        return batch if batch.images.device == device else batch.to(device)


class TripletModule(L.LightningModule):
    """An embedding, and how it learns: triplets of each batch, AdamW, one-cycle schedule.

    A pretrained one is changed with care: its first `frozen` parts keep their weights, its
    batch normalisation keeps the statistics it was trained with (a batch of a few people has
    others), and weights are drawn back to their start (L2-SP, Li et al. 2018).
    """

    def __init__(
        self,
        embedding: EmbeddingNet,
        settings: TrainingConfig,
        triplets: TripletConfig,
        *,
        pretrained: bool = False,
    ):
        super().__init__()
        self.embedding = embedding.to_device(torch.device("cpu"))
        self.settings, self.chosen, self.pretrained = settings, triplets, pretrained
        self.triplets = TripletLoss(triplets.margin)
        self.validation_outputs: list[tuple[Tensor, Tensor]] = []
        if pretrained:
            for part in list(embedding.backbone.children())[: triplets.freeze]:
                part.requires_grad_(False)
        # no buffers: a checkpoint need not hold twice what the pretrained file holds
        self.start = [p.detach().clone() for p in self._trainable()] if triplets.l2_sp else []

    @property
    def mining(self) -> Mining:
        """Semi-hard triplets in the first epochs, then the hardest."""
        soft = self.chosen.semihard_fraction * self.settings.epochs
        return "semi-hard" if self.current_epoch < soft else "hard"

    def on_train_epoch_start(self) -> None:
        if self.pretrained:
            for part in self.embedding.modules():
                if isinstance(part, nn.modules.batchnorm._BatchNorm):
                    part.eval()

    def training_step(self, batch: FaceBatch, number: int) -> Tensor:
        vectors = F.normalize(self.embedding(batch.images).float())
        loss = self.triplets(vectors, batch.labels, self.mining)
        figures = self.triplets.stats(vectors.detach(), batch.labels)
        logged = {
            "train/loss": loss,
            "triplets/active": figures.active,
            "triplets/collapsed": figures.collapsed,
            "distance/same": figures.same,
            "distance/different": figures.different,
        }
        size = len(batch)
        self.log_dict(logged, on_step=False, on_epoch=True, batch_size=size, sync_dist=True)
        return loss + self._l2_sp_penalty() if self.start else loss

    def on_validation_epoch_start(self) -> None:
        self.validation_outputs = []

    def validation_step(self, batch: FaceBatch, number: int) -> None:
        vectors = F.normalize(self.embedding(batch.images).float())
        self.validation_outputs.append((vectors, batch.labels))

    def on_validation_epoch_end(self) -> None:
        vectors, people = (
            torch.cat(values).cpu().numpy() for values in zip(*self.validation_outputs)
        )
        self.validation_outputs = []
        self.log(MONITOR, 1 - pairs_eer(vectors, people))

    def configure_optimizers(self) -> OptimizerLRScheduler:
        return adamw_one_cycle(self, self.settings)

    def _trainable(self) -> list[nn.Parameter]:
        return [p for p in self.embedding.parameters() if p.requires_grad]

    def _l2_sp_penalty(self) -> Tensor:
        """Half the squared way from the start, times the strength asked for."""
        pairs = zip(self._trainable(), self.start)
        ways = [(now - start.to(now.device)).square().sum() for now, start in pairs]
        return self.chosen.l2_sp / 2 * torch.stack(ways).sum()


def pairs_eer(vectors: np.ndarray, people: np.ndarray) -> float:
    """The equal error rate over all pairs of these photos; 1 where vectors are no numbers."""
    if not np.isfinite(vectors).all():
        return 1.0
    first, second = np.triu_indices(len(people), 1)
    squared = 2 - 2 * (vectors @ vectors.T)[first, second]
    return roc_curve(np.sqrt(squared.clip(0, 4)), people[first] == people[second]).eer()
