"""The batches of a dataset for Lightning, made anew each epoch."""

from collections.abc import Iterator
from itertools import islice

import lightning as L
import torch
from torch import Tensor

from ...frame.cores import available_cores
from ...frame.errors import ConfigError, DataError
from ...frame.rng import permutation
from ...frame.storage.read_ahead import read_ahead
from ...frame.training.distributed import RankAndWorld
from ..structures.batch import Batch
from .class_balance import draw_balanced
from .dataset import Dataset, Split
from .step_batch import StepBatch

MOST_WORKERS = 8  # threads that read the batches of one process
PREFETCHED = 512 * 2**20  # bytes of images that may wait to be trained on
BYTES_A_VALUE = 4  # float32


class EpochLoader:
    """The batches of one epoch; each process makes its share.

    They are made when they are asked for, or by threads beside the training where the dataset reads
    files. The batches and their order are the same.
    """

    def __init__(
        self,
        dataset: Dataset,
        split: Split,
        batch_size: int,
        *,
        epoch: int = 0,
        share: tuple[int, int] = RankAndWorld(),
        limit: int | None = None,
        accumulate: int = 1,
        balance_by: str = "",
    ):
        """
        Parameters:
            dataset: makes the batches.
            split: training images are shuffled and come in full batches, others in order.
            batch_size: images a batch, of all processes together.
            epoch: decides the order of training images, and how each looks.
            share: rank of this process and number of processes; every one takes as many steps, and
                its share of each batch.
            limit: training images that are used, the same ones in every epoch; None for all.
            accumulate: training batches a step; above 1 they come as `StepBatch`.
            balance_by: the target whose classes are drawn equally often for training, with
                replacement; empty to take each image once.

        Raises ConfigError for a batch, DataError for a split, of fewer images than processes.
        """
        self.dataset, self.epoch, self.accumulate = dataset, epoch, accumulate
        self.split: Split = split
        rank, world_size = share
        self.processes = world_size
        order = torch.arange(dataset.size(split))
        if split == "train":
            used = permutation(len(order), [dataset.seed, 5])[:limit] if limit else order
            order = used[_order(dataset, used, epoch, balance_by)]
            full = len(order) // batch_size * batch_size
            order = order[:full] if full else order
        _check_enough(split, len(order), batch_size, world_size)
        self.indices = [whole[rank::world_size] for whole in order.split(batch_size)]
        self.indices = [part for part in self.indices if len(part)]

    def __len__(self) -> int:
        return len(self.indices)

    def __iter__(self) -> Iterator[Batch]:
        batches = self._batches()
        if self.split == "train" and self.accumulate > 1:
            while group := list(islice(batches, self.accumulate)):
                yield from StepBatch.of_step(group)
        else:
            yield from batches

    def _batches(self) -> Iterator[Batch]:
        if self.dataset.reads_files and self.indices:
            workers, ahead = self._workers_and_ahead()
            return read_ahead(self._batch, self.indices, min(workers, ahead), ahead=ahead)
        return map(self._batch, self.indices)

    def _batch(self, indices: Tensor) -> Batch:
        return self.dataset.batch(self.split, indices, self.epoch)

    def _workers_and_ahead(self) -> tuple[int, int]:
        """How many threads make batches beside the training, and how many batches there may be."""
        cores = available_cores()
        if self.dataset.device.type == "cpu":
            cores //= 2  # the training needs the others
        workers = max(min(cores // self.processes, MOST_WORKERS), 1)
        info = self.dataset.info
        image = info.channels * info.height * info.width * BYTES_A_VALUE
        return workers, max(min(PREFETCHED // (image * len(self.indices[0])), 2 * workers), 1)


def _order(dataset: Dataset, used: Tensor, epoch: int, balance_by: str) -> Tensor:
    """The places in `used` of an epoch's images: a permutation, or drawn by their classes."""
    numbers = dataset.class_numbers(balance_by) if balance_by else None
    if numbers is None:
        return permutation(len(used), [dataset.seed, 4, epoch])
    return draw_balanced(numbers[used], [dataset.seed, 6, epoch])


def _check_enough(split: Split, images: int, batch_size: int, processes: int) -> None:
    if batch_size < processes:
        raise ConfigError(
            f"Expected a batch of {processes} images or more, one for each of {processes} devices, "
            f"got {batch_size}."
        )
    if images < processes:
        raise DataError(
            f"The {split} part has {images} images, fewer than the {processes} devices that are "
            "to share them. Use fewer --devices."
        )


class MultitaskDataModule(L.LightningDataModule):
    """Training and validation batches of a dataset."""

    def __init__(
        self,
        dataset: Dataset,
        batch_size: int,
        *,
        limit: int | None = None,
        accumulate: int = 1,
        balance_by: str = "",
    ):
        """
        Parameters:
            dataset: makes the batches, on its device.
            batch_size: images a batch, of all processes together.
            limit: training images that are used; None for all.
            accumulate: training batches a step.
            balance_by: the target whose classes are drawn equally often; empty for none.
        """
        super().__init__()
        self.dataset, self.batch_size, self.limit = dataset, batch_size, limit
        self.accumulate, self.balance_by = accumulate, balance_by

    def train_dataloader(self) -> EpochLoader:
        """The batches of the current epoch; the trainer asks in each."""
        assert self.trainer is not None
        return self._loader("train", self.trainer.current_epoch)

    def val_dataloader(self) -> EpochLoader:
        """The validation batches, the same in every epoch."""
        return self._loader("validation")

    def _loader(self, split: Split, epoch: int = 0) -> EpochLoader:
        return EpochLoader(
            self.dataset,
            split,
            self.batch_size,
            epoch=epoch,
            share=RankAndWorld.of(self.trainer),
            limit=self.limit,
            accumulate=self.accumulate,
            balance_by=self.balance_by,
        )
