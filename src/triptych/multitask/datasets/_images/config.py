"""The settings of the dataset of own images."""

from typing import Literal

from pydantic import Field

from ...augmentation import AugmentationConfig
from ...data.dataset import DatasetConfig


class ImagesConfig(AugmentationConfig, DatasetConfig):
    """Settings of `images`: what the network sees, how images are split, and how they are changed
    in training."""

    format: str = Field(default="", description="of the annotations; empty: told by what is there")
    strict: bool = Field(default=False, description="refuse annotations that have any fault")
    size: int = Field(
        default=0,
        ge=0,
        le=4096,
        description="pixels of the longer side of what the network sees; 0: that of most images, "
        "at most 224",
    )
    height: int = Field(default=0, ge=0, le=4096, description="pixels, as width; 0: by size")
    width: int = Field(default=0, ge=0, le=4096, description="pixels; 0: by size")
    color: Literal["auto", "grey", "rgb"] = Field(
        default="auto", description="what the network sees; auto: grey where all images are"
    )
    round_objects: bool = Field(
        default=False, description="things are round: of a box, the circle in it is known too"
    )
    validation: float = Field(
        default=0.15, gt=0, lt=0.5, description="share for validation, where nothing states it"
    )
    test: float = Field(
        default=0.15, gt=0, lt=0.5, description="share for the test, where nothing states it"
    )
    folds: int = Field(
        default=0, ge=0, description="parts of a cross-validation (--folds); 0: no such thing"
    )
    fold: int = Field(default=1, ge=1, description="the one of them that is held out, from 1")
    cache: Literal["auto", "memory", "disk", "none"] = Field(
        default="auto", description="where images are kept that were read once"
    )
