"""Batches of P identities with K images each, a function of seed and epoch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor

from ...frame.rng import CounterRNG
from .augmentation import AugmentationConfig, augment
from .crop_dataset import CropDataset

MIN_STEPS = 50  # batches an epoch, at least: a word, a checkpoint and a validation take their time
SAMPLE_STREAM, AUGMENTATION_STREAM = 0, 1  # streams of chance


@dataclass(frozen=True)
class FaceBatch:
    """Images of B faces.

    Parameters:
        images: (B, channels, height, width), values 0 … 1.
        labels: the number of each image's identity, (B,).
    """

    images: Float[Tensor, "batch channels height width"]
    labels: Int64[Tensor, " batch"]

    def __len__(self) -> int:
        return len(self.labels)

    def to(self, device: torch.device) -> "FaceBatch":
        """The batch on another device."""
        return FaceBatch(self.images.to(device), self.labels.to(device))


@dataclass(frozen=True)
class PKConfig:
    """The sizes of batches and epochs.

    Parameters:
        identities: in a batch.
        photos: of each of them.
        steps: batches in an epoch.
    """

    identities: int
    photos: int
    steps: int


class PKLoader:
    """The training batches of one epoch, a function of (seed, epoch) alone: training goes on where
    it was stopped as if it never had been. Every process makes its share.
    """

    def __init__(
        self,
        dataset: CropDataset,
        config: PKConfig,
        augmentation: AugmentationConfig,
        *,
        seed: int,
        epoch: int,
        share: tuple[int, int] = (0, 1),
    ):
        """
        Parameters:
            dataset: the crops, on the device.
            config: the sizes of batches.
            augmentation: how images are changed.
            seed: of sampling and augmentation.
            epoch: from 0.
            share: rank of this process, number of processes.
        """
        self.dataset, self.augmentation, self.seed = dataset, augmentation, [seed, epoch]
        rank, processes = share
        steps = config.steps * processes
        samples = sample_pk(
            dataset.labels.cpu().numpy(), config, steps, [*self.seed, SAMPLE_STREAM]
        )
        self.numbers = torch.arange(rank, steps, processes)
        self.indices = torch.from_numpy(samples)[self.numbers].to(dataset.images.device)

    def __len__(self) -> int:
        return len(self.indices)

    def __iter__(self) -> Iterator[FaceBatch]:
        for number, rows in zip(self.numbers.tolist(), self.indices):
            # a photo may come several times in an epoch: chance goes by its place, not its name
            places = torch.arange(len(rows), device=rows.device) + number * len(rows)
            rng = CounterRNG([*self.seed, AUGMENTATION_STREAM], places)
            images = augment(self.dataset.images[rows], rng, self.augmentation)
            yield FaceBatch(images, self.dataset.labels[rows])


class SequentialLoader:
    """The images of a dataset in order, without augmentation."""

    def __init__(self, dataset: CropDataset, batch_size: int):
        """
        Parameters:
            dataset: the crops, on the device.
            batch_size: images in a batch; the last may be smaller.
        """
        self.dataset, self.batch_size = dataset, batch_size

    def __len__(self) -> int:
        return -(-len(self.dataset) // self.batch_size)

    def __iter__(self) -> Iterator[FaceBatch]:
        for images, people in zip(
            self.dataset.images.split(self.batch_size), self.dataset.labels.split(self.batch_size)
        ):
            yield FaceBatch(images.float() / 255, people)


def sample_pk(
    labels: Int64[np.ndarray, " photos"], config: PKConfig, steps: int, seed: Sequence[int]
) -> Int64[np.ndarray, "steps batch"]:
    """The images of so many batches.

    Every identity comes equally often, and no image twice in a batch unless an identity has too
    few. The sampler of pytorch-metric-learning draws the same way, but from NumPy's global state: a
    batch would no longer be a function of its seed.

    Parameters:
        labels: the number of each image's identity, from 0.
        config: identities in a batch, and images of each.
        steps: batches.
        seed: what is drawn follows from it.

    Returns numbers of images, (steps, identities × photos), identity by identity.
    """
    rng = np.random.default_rng(list(seed))
    counts = np.bincount(labels)
    starts = np.cumsum(counts) - counts
    many = min(config.identities, len(counts))
    batches: list[np.ndarray] = []
    while sum(map(len, batches)) < steps:
        order = np.lexsort((rng.random(len(labels)), labels))  # each person's own, shuffled
        rounds = rng.permutation(len(counts))[: len(counts) // many * many].reshape(-1, many)
        place = np.arange(config.photos) % counts[rounds][..., None]
        batches.append(order[starts[rounds][..., None] + place].reshape(len(rounds), -1))
    return np.concatenate(batches)[:steps]


def pk_config_for(dataset: CropDataset, identities: int, photos: int, steps: int) -> PKConfig:
    """The sizes of batches for a dataset, which may hold fewer identities.

    Parameters:
        dataset: the crops.
        identities: wanted in a batch.
        photos: of each.
        steps: batches in an epoch; 0 for as many as show each image about once, `MIN_STEPS` at
            least.
    """
    many = min(identities, len(dataset.identities))
    return PKConfig(many, photos, steps or max(len(dataset) // (many * photos), MIN_STEPS))
