"""What a fast style network is trained on: random crops of photographs."""

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
from .photos import Crops, PhotoCrops

VALIDATION_BATCH = 8  # validation pictures painted at once


class RandomCropLoader:
    """The batches of one epoch, a function of (seed, epoch) alone, so that a training resumes
    exactly. Every process makes its share.

    Parameters:
        photos: crops of photographs.
        names: of the photos that are trained on.
        size: of a batch's images, in pixels.
        batch: images a step.
        steps: batches of all processes.
        min_crop: smallest side of a crop, as a share of the photo's shorter side.
        seed: of the training.
        epoch: from 0 on.
        share: rank of this process, number of processes.
    """

    def __init__(
        self,
        photos: PhotoCrops,
        names: Collection[str],
        *,
        size: int,
        batch: int,
        steps: int,
        min_crop: float = 0.5,
        seed: int = 0,
        epoch: int = 0,
        share: tuple[int, int] = (0, 1),
    ):
        self.crops, self.crop_indices = photos.crops, photos.indices_of(names)
        self.size, self.batch = size, batch
        self.min_crop, self.seed = min_crop, [seed, epoch]
        rank, processes = share
        self.numbers = range(rank, steps * processes, processes)

    def __len__(self) -> int:
        return len(self.numbers)

    def __iter__(self) -> Iterator[Images]:
        device = self.crops.device
        for number in self.numbers:
            places = torch.arange(self.batch, device=device) + number * self.batch
            yield self.random_crops(CounterRNG(self.seed, places))

    def random_crops(self, rng: CounterRNG) -> Images:
        """Crops at random positions, of random sizes and mirrored at random; values 0 … 1."""
        indices: Int64[Tensor, " batch"] = self.crop_indices[
            rng.integers("photo", len(self.crop_indices))
        ]
        share = rng.uniform("share", low=self.min_crop)
        middle = rng.uniform("middle", 2, low=-1) * (1 - share)[:, None]
        mirror = 1 - 2 * rng.bernoulli("mirror", 0.5).float()
        return crop_resize(self.crops[indices], share, middle, mirror, self.size)


class ValidationLoader:
    """Photographs without augmentation, in batches; the middle square of each.

    Parameters:
        photos: that are held out.
        size: of an image, in pixels.
    """

    def __init__(self, photos: PhotoCrops, size: int):
        names = list(dict.fromkeys(photos.names))
        places = [[at for at, one in enumerate(photos.names) if one == name] for name in names]
        self.names = tuple(names)
        middles = photos.crops[[at[len(at) // 2] for at in places]]
        whole = torch.ones(len(names), device=middles.device)
        self.images = crop_resize(
            middles, whole, torch.zeros_like(whole)[:, None].expand(-1, 2), whole, size
        )

    def __len__(self) -> int:
        return -(-len(self.names) // VALIDATION_BATCH)

    def __iter__(self) -> Iterator[Images]:
        return iter(self.images.split(VALIDATION_BATCH))


class FastStyleDataModule(L.LightningDataModule):
    """The batches of each epoch, and the photographs held out.

    Parameters:
        photos: all crops.
        train_names: of the photos trained on.
        validation_names: of those held out.
        settings: of the training.
        fast: of fast style.
    """

    def __init__(
        self,
        photos: PhotoCrops,
        train_names: Sequence[str],
        validation_names: Sequence[str],
        settings: TrainingConfig,
        fast: FastStyleConfig,
    ):
        super().__init__()
        self.photos, self.train_names, self.settings, self.fast = (
            photos,
            train_names,
            settings,
            fast,
        )
        self.validation_loader = ValidationLoader(photos.subset(validation_names), fast.size)

    def train_dataloader(self) -> RandomCropLoader:
        """The batches of the current epoch."""
        assert self.trainer is not None
        return RandomCropLoader(
            self.photos,
            self.train_names,
            size=self.fast.size,
            batch=self.settings.batch,
            steps=self.fast.steps,
            min_crop=self.fast.min_crop,
            seed=self.settings.seed,
            epoch=self.trainer.current_epoch,
            share=(self.trainer.global_rank, self.trainer.world_size),
        )

    def val_dataloader(self) -> ValidationLoader:
        """The photographs held out."""
        return self.validation_loader


def crop_resize(
    crops: Crops,
    scale: Float[Tensor, " squares"],
    center: Float[Tensor, "squares 2"],
    mirror: Float[Tensor, " squares"],
    size: int,
) -> Images:
    """A crop of each square, resized: each pixel is the mean of those it covers.

    Parameters:
        crops: uint8 squares, (B, 3, side, side).
        scale: side of the crop, as a share of that of its square, (B,).
        center: of the crop, x and y in −1 … 1, (B, 2).
        mirror: 1, or −1 for a crop that is flipped, (B,).
        size: of the result, in pixels.
    """
    images = crops.float().div_(255)
    # where pixels cover more than one, two samples each way and their mean keep edges smooth
    finer = 2 if crops.shape[2] > size else 1
    zero = torch.zeros_like(scale)
    rows = torch.stack([scale * mirror, zero, center[:, 0], zero, scale, center[:, 1]], 1)
    shape = [len(images), 3, finer * size, finer * size]
    grid = F.affine_grid(rows.view(-1, 2, 3), shape, align_corners=False)
    sampled = F.grid_sample(images, grid, padding_mode="border", align_corners=False)
    return F.avg_pool2d(sampled, finer).clamp(0, 1)
