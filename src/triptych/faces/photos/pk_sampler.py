"""Which photos are in which batch: P people and K photos of each."""

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
    """Pictures of B faces, 0 … 1, and whose they are."""

    images: Float[Tensor, "batch channels height width"]
    labels: Int64[Tensor, " batch"]

    def __len__(self) -> int:
        return len(self.labels)

    def to(self, device: torch.device) -> "FaceBatch":
        return FaceBatch(self.images.to(device), self.labels.to(device))


@dataclass(frozen=True)
class PKConfig:
    """How many people are in a batch, photos of each, and batches in an epoch."""

    identities: int
    photos: int
    steps: int


class PKLoader:
    """The training batches of one epoch, a function of (seed, epoch) alone: training goes on
    where it was stopped as if it never had been. Every process makes its share."""

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
        """`share`: rank of this process, number of processes."""
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
    """An album's pictures as they are, a batch after the other."""

    def __init__(self, dataset: CropDataset, batch_size: int):
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
    """The photos of so many batches: rows of `lot.people` times `lot.photos` indices, person by
    person. `people` says whose each photo is, counted from 0.

    Everybody comes equally often, and no photo twice in a batch unless a person has too few.
    The sampler of pytorch-metric-learning draws the same way, but from NumPy's global chance: a
    batch would no longer be a function of its seed.
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
    """The lot for an album, which may hold fewer people; 0 steps show each photo about once, or
    are `SHORTEST` where that is more."""
    many = min(identities, len(dataset.identities))
    return PKConfig(many, photos, steps or max(len(dataset) // (many * photos), MIN_STEPS))
