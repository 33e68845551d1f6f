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
DRAWS, CHANGES = 0, 1  # streams of chance


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

    labels: int
    photos: int
    steps: int


class PKLoader:
    """The training batches of one epoch, a function of (seed, epoch) alone: training goes on
    where it was stopped as if it never had been. Every process makes its share."""

    def __init__(
        self,
        album: CropDataset,
        lot: PKConfig,
        changes: AugmentationConfig,
        *,
        seed: int,
        epoch: int,
        share: tuple[int, int] = (0, 1),
    ):
        """`share`: rank of this process, number of processes."""
        self.album, self.changes, self.seed = album, changes, [seed, epoch]
        rank, processes = share
        steps = lot.steps * processes
        drawn = sample_pk(album.labels.cpu().numpy(), lot, steps, [*self.seed, DRAWS])
        self.numbers = torch.arange(rank, steps, processes)
        self.indices = torch.from_numpy(drawn)[self.numbers].to(album.images.device)

    def __len__(self) -> int:
        return len(self.indices)

    def __iter__(self) -> Iterator[FaceBatch]:
        for number, chosen in zip(self.numbers.tolist(), self.indices):
            # a photo may come several times in an epoch: chance goes by its place, not its name
            places = torch.arange(len(chosen), device=chosen.device) + number * len(chosen)
            chance = CounterRNG([*self.seed, CHANGES], places)
            pictures = augment(self.album.images[chosen], chance, self.changes)
            yield FaceBatch(pictures, self.album.labels[chosen])


class SequentialLoader:
    """An album's pictures as they are, a batch after the other."""

    def __init__(self, album: CropDataset, size: int):
        self.album, self.size = album, size

    def __len__(self) -> int:
        return -(-len(self.album) // self.size)

    def __iter__(self) -> Iterator[FaceBatch]:
        for images, people in zip(
            self.album.images.split(self.size), self.album.labels.split(self.size)
        ):
            yield FaceBatch(images.float() / 255, people)


def sample_pk(
    people: Int64[np.ndarray, " photos"], lot: PKConfig, steps: int, seed: Sequence[int]
) -> Int64[np.ndarray, "steps batch"]:
    """The photos of so many batches: rows of `lot.people` times `lot.photos` indices, person by
    person. `people` says whose each photo is, counted from 0.

    Everybody comes equally often, and no photo twice in a batch unless a person has too few.
    The sampler of pytorch-metric-learning draws the same way, but from NumPy's global chance: a
    batch would no longer be a function of its seed.
    """
    chance = np.random.default_rng(list(seed))
    counts = np.bincount(people)
    starts = np.cumsum(counts) - counts
    many = min(lot.labels, len(counts))
    found: list[np.ndarray] = []
    while sum(map(len, found)) < steps:
        order = np.lexsort((chance.random(len(people)), people))  # each person's own, shuffled
        rounds = chance.permutation(len(counts))[: len(counts) // many * many].reshape(-1, many)
        place = np.arange(lot.photos) % counts[rounds][..., None]
        found.append(order[starts[rounds][..., None] + place].reshape(len(rounds), -1))
    return np.concatenate(found)[:steps]


def pk_config_for(album: CropDataset, people: int, photos: int, steps: int) -> PKConfig:
    """The lot for an album, which may hold fewer people; 0 steps show each photo about once, or
    are `SHORTEST` where that is more."""
    many = min(people, len(album.identities))
    return PKConfig(many, photos, steps or max(len(album) // (many * photos), MIN_STEPS))
