"""emoji-crowd: up to six emoji in an image, or none; which, and where is each?"""

import torch
from jaxtyping import Bool, Float, Int
from pydantic import Field
from torch import Tensor

from ...frame.errors import ConfigError
from ...frame.rng import CounterRNG
from ..data.backgrounds import BackgroundKind, add_distractors, sample_background
from ..data.dataset import DatasetConfig, Split
from ..data.objects.free_places import free_places
from ..data.objects.object_patches import ObjectPatches, paste_objects
from ..structures.batch import Batch
from ..structures.info import DatasetInfo
from ..structures.object_rows import NO_OBJECT, ObjectRows
from ._synthetic_dataset import SyntheticDataset
from .emoji import SPLIT_SIZES


class EmojiCrowdConfig(DatasetConfig):
    """Settings of `emoji-crowd`."""

    most: int = Field(default=6, ge=1, le=32, description="emoji in an image, at most")
    empty: float = Field(default=0.05, ge=0, le=1, description="share of the images without emoji")
    size: int = Field(
        default=192, ge=96, le=640, multiple_of=32, description="side of an image in pixels"
    )
    scale: float = Field(
        default=0.5, ge=0.25, le=1.0, description="emoji shrink to between this and 1"
    )
    rotation: float = Field(
        default=360.0, ge=0, le=360, description="and turn by up to so many degrees"
    )
    max_overlap: float = Field(
        default=0.2,
        ge=0,
        le=1,
        description="two boxes share at most this part of the smaller one's area",
    )
    ground: BackgroundKind = Field(
        default="any", description="white, flat, gradient, noise or any of them"
    )
    distractors: int = Field(
        default=0, ge=0, le=8, description="up to so many shapes lie behind them"
    )


class EmojiCrowd(SyntheticDataset):
    """Any number of emoji an image, each with class, tight box and smallest enclosing circle.

    Boxes and circles are of the whole emoji (its pixels with alpha above one half), also where
    another lies over a part of it; mask and class map are of what is seen.
    """

    subject = "emoji"
    real_source = "openmoji"
    needs_circles = True
    heads = ("boxes", "circles")
    default_settings = {"epochs": 6, "batch": 16}
    config_class = EmojiCrowdConfig

    @property
    def info(self) -> DatasetInfo:
        """RGB images of the size asked for."""
        return DatasetInfo(
            dataset="emoji-crowd",
            channels=3,
            height=self.config.size,
            width=self.config.size,
            targets=("boxes", "circles", "mask", "semantic"),
            classes=self.classes,
        )

    def size(self, split: Split) -> int:
        """As many as `SPLIT_SIZES` of `emoji` says: there are always new scenes."""
        return SPLIT_SIZES[split]

    def make_batch(self, split: Split, indices: Int[Tensor, " batch"], rng: CounterRNG) -> Batch:
        """Some emoji each, on a background of its own."""
        bank, config = self.cutouts(split), self.config
        if max(self.cutout_size) > config.size:
            raise ConfigError(
                f"Expected images no smaller than the emoji, {max(self.cutout_size)} pixels, got "
                f"{config.size}. Give a larger size."
            )
        canvas, most = (config.size, config.size), config.most
        # sorted by layer, as `paste_objects` takes them
        layer, image = self._wanted(rng).T.nonzero().unbind(1)

        def each(values: Tensor) -> Tensor:
            return values[image, layer]

        which = each(rng.integers("which", len(bank), most))
        patches = ObjectPatches.render(
            bank,
            which,
            scale=each(rng.uniform("scale", most, low=config.scale)),
            degrees=each(rng.uniform("turn", most, high=config.rotation)),
        )
        sizes = patches.box.new_zeros(len(indices), most, 2)
        sizes[image, layer] = patches.box[:, 2:] - patches.box[:, :2]
        places = free_places(sizes, rng, canvas, config.max_overlap)
        corner, shown = each(places.corner) - patches.box[:, :2].long(), each(places.free)
        images = self._backgrounds(rng, canvas).contiguous()
        topmost = paste_objects(
            patches,
            images,
            image=image,
            layer=layer,
            corner=corner,
            label=bank.label[which],
            shown=shown,
        )
        classes = torch.where(shown, bank.label[which], NO_OBJECT)
        center, radius = patches.circle.split([2, 1], 1)
        boxes = patches.box + corner.repeat(1, 2)
        circles = torch.cat([center + corner, radius], 1)
        rows = image * most + layer
        return Batch.of(
            images,
            indices,
            boxes=_object_rows(boxes, classes, rows, places.free),
            circles=_object_rows(circles, classes, rows, places.free),
            mask=topmost > 0,
            semantic=topmost,
        )

    def _wanted(self, rng: CounterRNG) -> Bool[Tensor, "batch objects"]:
        """Which rows of each image are to hold an emoji: the first few."""
        count = 1 + rng.integers("count", self.config.most)
        count = count.masked_fill(rng.bernoulli("empty", self.config.empty), 0)
        return torch.arange(self.config.most, device=count.device) < count[:, None]

    def _backgrounds(
        self, rng: CounterRNG, size: tuple[int, int]
    ) -> Float[Tensor, "batch 3 height width"]:
        backgrounds = sample_background(self.config.ground, rng, size)
        if self.config.distractors:
            backgrounds = add_distractors(backgrounds, rng, self.config.distractors)
        return backgrounds


def _object_rows(
    shapes: Float[Tensor, "objects numbers"],
    classes: Int[Tensor, " objects"],
    rows: Int[Tensor, " objects"],
    counts: Bool[Tensor, "batch most"],
) -> Float[Tensor, "batch most columns"]:
    """The target of a batch, from its objects and the row of each, numbered image by image."""
    row_shapes = shapes.new_zeros(counts.numel(), shapes.shape[1])
    row_shapes[rows] = shapes * (classes != NO_OBJECT)[:, None]
    row_classes = classes.new_full((counts.numel(),), NO_OBJECT)
    row_classes[rows] = classes
    by_image = row_shapes.view(*counts.shape, -1), row_classes.view(counts.shape)
    return ObjectRows(*by_image, counts).to_tensor()
