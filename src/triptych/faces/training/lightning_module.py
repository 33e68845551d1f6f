"""A network as a LightningModule: triplet loss, logged statistics, optimizer and validation."""

import lightning as L
import torch
import torch.nn.functional as F
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor, nn

from ...frame.config import TrainingConfig
from ...frame.training.optimizer import adamw_one_cycle
from ..encoders._embedding_net import EmbeddingNet
from ..metrics.roc import pairs_eer
from ..photos.pk_sampler import FaceBatch
from .config import TripletConfig
from .triplet_loss import Mining, TripletLoss

MONITOR = "verification/score"


class TripletModule(L.LightningModule):
    """An embedding network with triplet loss, AdamW and a one-cycle schedule.

    A pretrained network is changed with care: its first parts may keep their weights, its batch
    normalisation keeps the statistics it was trained with (a batch of a few people has others), and
    weights are drawn back to their start (L2-SP, Li et al. 2018).
    """

    def __init__(
        self,
        network: EmbeddingNet,
        settings: TrainingConfig,
        config: TripletConfig,
        *,
        pretrained: bool = False,
    ):
        """
        Parameters:
            network: to be trained.
            settings: epochs, learning rate …
            config: mining, margin, and how a pretrained network is changed.
            pretrained: whether it is one.
        """
        super().__init__()
        self.embedding = network.to_device(torch.device("cpu"))
        self.settings, self.config, self.pretrained = settings, config, pretrained
        self.triplets = TripletLoss(config.margin)
        self.validation_outputs: list[tuple[Tensor, Tensor]] = []
        if pretrained:
            for part in list(network.backbone.children())[: config.freeze]:
                part.requires_grad_(False)
        # no buffers: a checkpoint need not hold twice what the pretrained file holds
        self.start = [p.detach().clone() for p in self._trainable()] if config.l2_sp else []

    @property
    def mining(self) -> Mining:
        """Semi-hard triplets in the first epochs, then the hardest."""
        soft = self.config.semihard_fraction * self.settings.epochs
        return "semi-hard" if self.current_epoch < soft else "hard"

    def on_train_epoch_start(self) -> None:
        if self.pretrained:
            for part in self.embedding.modules():
                if isinstance(part, nn.modules.batchnorm._BatchNorm):
                    part.eval()

    def training_step(self, batch: FaceBatch, number: int) -> Tensor:
        vectors = F.normalize(self.embedding(batch.images).float())
        loss = self.triplets(vectors, batch.labels, self.mining)
        stats = self.triplets.stats(vectors.detach(), batch.labels)
        logged = {
            "train/loss": loss,
            "triplets/active": stats.active,
            "triplets/collapsed": stats.collapsed,
            "distance/same": stats.positive_distance,
            "distance/different": stats.negative_distance,
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
        """Half the squared distance of the weights from their start, weighted for the loss."""
        pairs = zip(self._trainable(), self.start)
        distances = [(now - start.to(now.device)).square().sum() for now, start in pairs]
        return self.config.l2_sp / 2 * torch.stack(distances).sum()
