"""emoji: a face somewhere in an image twice its size; which one, and where?"""

from jaxtyping import Int
from pydantic import Field
from torch import Tensor

from ...frame.rng import CounterRNG
from ..data.backgrounds import BackgroundKind, add_distractors, sample_background
from ..data.compositing import random_affine_place, random_place
from ..data.dataset import DatasetConfig, Split
from ..structures.batch import Batch
from ..structures.info import DatasetInfo
from ._synthetic_dataset import SyntheticDataset

SPLIT_SIZES: dict[Split, int] = {"train": 6400, "validation": 500, "test": 2000}


class EmojiConfig(DatasetConfig):
    """Settings of `emoji`. By default each face is upright and in its own size on white."""

    ground: BackgroundKind = Field(
        default="white", description="white, flat, gradient, noise or any of them"
    )
    scale: float = Field(
        default=1.0, ge=0.25, le=1.0, description="faces shrink to between this and 1"
    )
    rotation: float = Field(
        default=0.0, ge=0, le=360, description="and turn by up to so many degrees"
    )
    distractors: int = Field(
        default=0, ge=0, le=8, description="up to so many shapes lie behind them"
    )
    hard: bool = Field(default=False, description="all of it: any ground, 0.5–1, 0–360°, 3 shapes")


HARD_CONFIG = EmojiConfig(ground="any", scale=0.5, rotation=360, distractors=3)


class Emoji(SyntheticDataset):
    """One face an image, with class, tight box, enclosing circle and mask of its own pixels."""

    subject = "emoji"
    real_source = "openmoji"
    needs_circles = True
    heads = (
        "label",
        "box",
    )  # the course's two; circle and mask need a decoder, three times as slow
    default_settings = {"epochs": 10, "batch": 64}
    config_class = EmojiConfig

    @property
    def info(self) -> DatasetInfo:
        """RGB images twice as large as the emoji."""
        height, width = self.cutout_size
        return DatasetInfo(
            dataset="emoji",
            channels=3,
            height=2 * height,
            width=2 * width,
            targets=("label", "box", "circle", "mask"),
            classes=self.classes,
        )

    def size(self, split: Split) -> int:
        """As many as `SPLIT_SIZES` says: there are always new scenes."""
        return SPLIT_SIZES[split]

    def make_batch(self, split: Split, indices: Int[Tensor, " batch"], rng: CounterRNG) -> Batch:
        """An emoji each, on a background of its own."""
        bank, info = self.cutouts(split), self.info
        config = HARD_CONFIG if self.config.hard else self.config
        size = info.height, info.width
        which = rng.integers("which", len(bank))
        if config.scale == 1 and config.rotation == 0:
            placed = random_place(bank, which, rng, size)
        else:
            scale = rng.uniform("scale", low=config.scale)
            degrees = rng.uniform("turn", high=config.rotation)
            placed = random_affine_place(bank, which, rng, size, scale=scale, degrees=degrees)
        backgrounds = sample_background(config.ground, rng, size)
        if config.distractors:
            backgrounds = add_distractors(backgrounds, rng, config.distractors)
        return Batch.of(
            placed.patches.paste_onto(backgrounds),
            indices,
            label=bank.label[which],
            box=placed.box,
            circle=placed.circle,
            mask=placed.mask,
        )
