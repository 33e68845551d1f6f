"""What a painting network learns from: squares cut from photographs by chance."""

from collections.abc import Collection, Iterator, Sequence

import lightning as L
import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64
from torch import Tensor

from ...frame.config import TrainingConfig
from ...frame.rng import CounterRNG
from ..networks._extractor import Images
from .config import FastStyleConfig
from .photos import PhotoCrops, Squares

SQUARES = 8  # validation pictures painted at once


class RandomCropLoader:
    """The batches of one epoch, a function of (seed, epoch) alone: training goes on where it was
    stopped as if it never had been. Every process makes its share."""

    def __init__(
        self,
        photos: PhotoCrops,
        names: Collection[str],
        *,
        size: int,
        batch: int,
        steps: int,
        near: float = 0.5,
        seed: int = 0,
        epoch: int = 0,
        share: tuple[int, int] = (0, 1),
    ):
        """Squares are cut from the photos of these names. `share`: rank of this process, number of
        processes."""
        self.squares, self.chosen = photos.crops, photos.numbers(names)
        self.size, self.batch = size, batch
        self.near, self.seed = near, [seed, epoch]
        rank, processes = share
        self.numbers = range(rank, steps * processes, processes)

    def __len__(self) -> int:
        return len(self.numbers)

    def __iter__(self) -> Iterator[Images]:
        device = self.squares.device
        for number in self.numbers:
            places = torch.arange(self.batch, device=device) + number * self.batch
            yield self.cut(CounterRNG(self.seed, places))

    def cut(self, chance: CounterRNG) -> Images:
        """Squares of photos, each at a place, of a size and mirrored by chance; values 0 … 1."""
        chosen: Int64[Tensor, " batch"] = self.chosen[chance.integers("photo", len(self.chosen))]
        share = chance.uniform("share", low=self.near)
        middle = chance.uniform("middle", 2, low=-1) * (1 - share)[:, None]
        mirror = 1 - 2 * chance.bernoulli("mirror", 0.5).float()
        return crop_resize(self.squares[chosen], share, middle, mirror, self.size)


class ValidationLoader:
    """Photographs as they are, at one size, a batch after the other; the middle square of each."""

    def __init__(self, photos: PhotoCrops, size: int):
        names = list(dict.fromkeys(photos.names))
        places = [[at for at, one in enumerate(photos.names) if one == name] for name in names]
        self.names = tuple(names)
        middles = photos.crops[[at[len(at) // 2] for at in places]]
        whole = torch.ones(len(names), device=middles.device)
        self.pictures = crop_resize(
            middles, whole, torch.zeros_like(whole)[:, None].expand(-1, 2), whole, size
        )

    def __len__(self) -> int:
        return -(-len(self.names) // SQUARES)

    def __iter__(self) -> Iterator[Images]:
        return iter(self.pictures.split(SQUARES))


class FastStyleDataModule(L.LightningDataModule):
    """The batches of each epoch, and the photographs held out."""

    def __init__(
        self,
        photos: PhotoCrops,
        learnt: Sequence[str],
        held: Sequence[str],
        settings: TrainingConfig,
        fast: FastStyleConfig,
    ):
        """The names of photos learnt from, and of those held out."""
        super().__init__()
        self.photos, self.learnt, self.settings, self.fast = photos, learnt, settings, fast
        self.views = ValidationLoader(photos.of(held), fast.size)

    def train_dataloader(self) -> RandomCropLoader:
        assert self.trainer is not None
        return RandomCropLoader(
            self.photos,
            self.learnt,
            size=self.fast.size,
            batch=self.settings.batch,
            steps=self.fast.steps,
            near=self.fast.min_crop,
            seed=self.settings.seed,
            epoch=self.trainer.current_epoch,
            share=(self.trainer.global_rank, self.trainer.world_size),
        )

    def val_dataloader(self) -> ValidationLoader:
        return self.views


def crop_resize(
    squares: Squares,
    share: Float[Tensor, " squares"],
    middle: Float[Tensor, "squares 2"],
    mirror: Float[Tensor, " squares"],
    size: int,
) -> Images:
    """A square of each, `share` of its side, around `middle` (−1 … 1), at `size`: each pixel is
    the mean of what it covers, where that is more than one."""
    images = squares.float().div_(255)
    # where pixels cover more than one, two samples each way and their mean keep edges smooth
    finer = 2 if squares.shape[2] > size else 1
    zero = torch.zeros_like(share)
    rows = torch.stack([share * mirror, zero, middle[:, 0], zero, share, middle[:, 1]], 1)
    shape = [len(images), 3, finer * size, finer * size]
    grid = F.affine_grid(rows.view(-1, 2, 3), shape, align_corners=False)
    found = F.grid_sample(images, grid, padding_mode="border", align_corners=False)
    return F.avg_pool2d(found, finer).clamp(0, 1)
