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
from ..encoders._embedding_net import Embedding
from ..metrics.roc import curve
from ..photos.augmentation import Changes
from ..photos.crop_dataset import Album, Part
from ..photos.pk_sampler import Batch, Batches, Lot, Views, lot_for
from .config import TripletSettings
from .triplet_loss import Mining, Triplets

MONITOR = "verification/score"
VIEWS = 256  # pictures encoded at once where nothing is learnt
MOST = 1500  # pictures whose pairs choose the best epoch: more change it little


class Lectures(L.LightningDataModule):
    """The batches of each epoch, and the pictures it is judged by."""

    def __init__(
        self, albums: Mapping[Part, Album], settings: TrainingConfig, triplets: TripletSettings
    ):
        super().__init__()
        self.albums, self.seed = albums, settings.seed
        train = albums["train"]
        self.lot: Lot = lot_for(train, triplets.people, triplets.photos, triplets.steps)
        names = Changes.__dataclass_fields__
        self.changes = Changes(**{name: getattr(triplets, name) for name in names})
        self.judges = albums["validation"].some(MOST, [settings.seed, 7])

    def train_dataloader(self) -> Batches:
        assert self.trainer is not None
        return Batches(
            self.albums["train"],
            self.lot,
            self.changes,
            seed=self.seed,
            epoch=self.trainer.current_epoch,
            share=(self.trainer.global_rank, self.trainer.world_size),
        )

    def val_dataloader(self) -> Views:
        """All of it for every process: pairs of pictures cannot be shared out."""
        return Views(self.judges, VIEWS)

    def transfer_batch_to_device(
        self, batch: Batch, device: torch.device, dataloader_idx: int
    ) -> Batch:
        return batch if batch.images.device == device else batch.to(device)


class Lesson(L.LightningModule):
    """An embedding, and how it learns: triplets of each batch, AdamW, one-cycle schedule.

    A pretrained one is changed with care: its first `frozen` parts keep their weights, its
    batch normalisation keeps the statistics it was trained with (a batch of a few people has
    others), and weights are drawn back to their start (L2-SP, Li et al. 2018).
    """

    def __init__(
        self,
        embedding: Embedding,
        settings: TrainingConfig,
        triplets: TripletSettings,
        *,
        pretrained: bool = False,
    ):
        super().__init__()
        self.embedding = embedding.on(torch.device("cpu"))
        self.settings, self.chosen, self.pretrained = settings, triplets, pretrained
        self.triplets = Triplets(triplets.margin)
        self.found: list[tuple[Tensor, Tensor]] = []
        if pretrained:
            for part in list(embedding.backbone.children())[: triplets.frozen]:
                part.requires_grad_(False)
        # no buffers: a checkpoint need not hold twice what the pretrained file holds
        self.start = [p.detach().clone() for p in self._learning()] if triplets.pull else []

    @property
    def mining(self) -> Mining:
        """Semi-hard triplets in the first epochs, then the hardest."""
        soft = self.chosen.semihard * self.settings.epochs
        return "semi-hard" if self.current_epoch < soft else "hard"

    def on_train_epoch_start(self) -> None:
        if self.pretrained:
            for part in self.embedding.modules():
                if isinstance(part, nn.modules.batchnorm._BatchNorm):
                    part.eval()

    def training_step(self, batch: Batch, number: int) -> Tensor:
        vectors = F.normalize(self.embedding(batch.images).float())
        loss = self.triplets(vectors, batch.people, self.mining)
        figures = self.triplets.figures(vectors.detach(), batch.people)
        logged = {
            "train/loss": loss,
            "triplets/active": figures.active,
            "triplets/collapsed": figures.collapsed,
            "distance/same": figures.same,
            "distance/different": figures.different,
        }
        size = len(batch)
        self.log_dict(logged, on_step=False, on_epoch=True, batch_size=size, sync_dist=True)
        return loss + self._pulled() if self.start else loss

    def on_validation_epoch_start(self) -> None:
        self.found = []

    def validation_step(self, batch: Batch, number: int) -> None:
        vectors = F.normalize(self.embedding(batch.images).float())
        self.found.append((vectors, batch.people))

    def on_validation_epoch_end(self) -> None:
        vectors, people = (torch.cat(values).cpu().numpy() for values in zip(*self.found))
        self.found = []
        self.log(MONITOR, 1 - pairs_eer(vectors, people))

    def configure_optimizers(self) -> OptimizerLRScheduler:
        return adamw_one_cycle(self, self.settings)

    def _learning(self) -> list[nn.Parameter]:
        return [p for p in self.embedding.parameters() if p.requires_grad]

    def _pulled(self) -> Tensor:
        """Half the squared way from the start, times the strength asked for."""
        pairs = zip(self._learning(), self.start)
        ways = [(now - start.to(now.device)).square().sum() for now, start in pairs]
        return self.chosen.pull / 2 * torch.stack(ways).sum()


def pairs_eer(vectors: np.ndarray, people: np.ndarray) -> float:
    """The equal error rate over all pairs of these photos; 1 where vectors are no numbers."""
    if not np.isfinite(vectors).all():
        return 1.0
    first, second = np.triu_indices(len(people), 1)
    squared = 2 - 2 * (vectors @ vectors.T)[first, second]
    return curve(np.sqrt(squared.clip(0, 4)), people[first] == people[second]).eer()
