"""The batches of a dataset for Lightning, made anew each epoch."""

from collections.abc import Iterator

import lightning as L
import torch

from ...frame.rng import permutation
from ...frame.training.distributed import RankAndWorld
from ..structures.batch import Batch
from .dataset import Dataset, Split


class EpochLoader:
    """The batches of one epoch, made when they are asked for; each process makes its share."""

    def __init__(
        self,
        dataset: Dataset,
        split: Split,
        batch_size: int,
        *,
        epoch: int = 0,
        share: tuple[int, int] = RankAndWorld(),
        limit: int | None = None,
    ):
        """
        Parameters:
            dataset: makes the batches.
            split: training images are shuffled and come in full batches, others in order.
            batch_size: images a batch, for each process.
            epoch: decides the order of training images, and how each looks.
            share: rank of this process and number of processes; every one takes as many steps.
            limit: training images that are used, the same ones in every epoch; None for all.
        """
        self.dataset, self.epoch = dataset, epoch
        self.split: Split = split
        rank, world_size = share
        order = torch.arange(dataset.size(split))
        if split == "train":
            used = permutation(len(order), [dataset.seed, 5])[:limit] if limit else order
            order = used[permutation(len(used), [dataset.seed, 4, epoch])]
            step = batch_size * world_size
            order = order[: len(order) // step * step] if len(order) >= step else order
        self.indices = order[rank::world_size].split(batch_size)

    def __len__(self) -> int:
        return len(self.indices)

    def __iter__(self) -> Iterator[Batch]:
        for indices in self.indices:
            yield self.dataset.batch(self.split, indices, self.epoch)


class MultitaskDataModule(L.LightningDataModule):
    """Training and validation batches of a dataset."""

    def __init__(self, dataset: Dataset, batch_size: int, *, limit: int | None = None):
        """
        Parameters:
            dataset: makes the batches, on its device.
            batch_size: images a batch, for each process.
            limit: training images that are used; None for all.
        """
        super().__init__()
        self.dataset, self.batch_size, self.limit = dataset, batch_size, limit

    def train_dataloader(self) -> EpochLoader:
        """The batches of the current epoch; the trainer asks in each."""
        assert self.trainer is not None
        return self._loader("train", self.trainer.current_epoch)

    def val_dataloader(self) -> EpochLoader:
        """The validation batches, the same in every epoch."""
        return self._loader("validation")

    def _loader(self, split: Split, epoch: int = 0) -> EpochLoader:
        share = RankAndWorld.of(self.trainer)
        return EpochLoader(
            self.dataset, split, self.batch_size, epoch=epoch, share=share, limit=self.limit
        )
