"""Settings of triplet training, beside those every training has: the only home of their defaults.
Imports nothing heavy."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Le, Lt

from ...frame.config import merge, option


@dataclass(frozen=True)
class TripletConfig:
    """What to train on, and how triplets are made.

    A batch is `identities_per_batch` × `images_per_identity` images.

    Parameters:
        crop: "find" detects and aligns faces, "aligned" takes aligned ones, "whole" any images.
        height: of a crop, in pixels.
        width: of a crop, in pixels.
        channels: 1 for grey, 3 for RGB.
        template: where the landmarks of an aligned face lie: "arcface" or "dlib".
        embedding_dim: numbers in a vector.
        backbone: a name in `BACKBONES`.
        identities_per_batch: people in a batch.
        images_per_identity: images of each.
        steps: batches in an epoch; 0 for as many as show each image about once, 50 at least.
        margin: of the triplet loss, in squared distance.
        semihard_fraction: share of epochs with semi-hard mining; hard mining follows.
        validation: share of people, of those not tested, that choose the best epoch.
        test: share of people that are tested.
        test_seed: who is tested follows from it.
        rotation_classes: whether an image rotated by 90, 180 or 270 degrees is of another identity.
        flip, degrees, scale, shift, color_jitter, erase: as in `AugmentationConfig`.
        freeze: first parts of a pretrained backbone that are not trained.
        l2_sp: weight of the penalty on the distance from the pretrained weights (Li et al. 2018).
    """

    crop: Literal["find", "aligned", "whole"] = option(
        "find",
        "find: faces are found and aligned; aligned: they are already; whole: any pictures",
    )
    height: Annotated[int, Ge(16), Le(512)] = option(112, "pixels of a crop, down")
    width: Annotated[int, Ge(16), Le(512)] = option(96, "pixels of a crop, across")
    channels: Literal[1, 3] = option(3, "1 grey, 3 colour")
    template: Literal["arcface", "dlib"] = option(
        "arcface", "where eyes, nose and mouth lie in a crop: as ArcFace or as dlib puts them"
    )
    embedding_dim: Annotated[int, Ge(2), Le(4096)] = option(
        128, "numbers in a vector", formerly="size"
    )
    backbone: str = option("residual", "network that makes the feature maps")
    identities_per_batch: Annotated[int, Ge(2)] = option(16, "people a batch", formerly="people")
    images_per_identity: Annotated[int, Ge(2)] = option(
        4, "photos of each a batch", formerly="photos"
    )
    steps: Annotated[int, Ge(0)] = option(
        0, "batches an epoch; 0: as many as show each photo about once, but 50 at least"
    )
    margin: Annotated[float, Gt(0), Lt(4)] = option(
        0.2, "how much nearer the same person is to be, in squared distance"
    )
    semihard_fraction: Annotated[float, Ge(0), Le(1)] = option(
        0.5,
        "share of epochs with semi-hard triplets; the hardest of each batch follow",
        formerly="semihard",
    )
    validation: Annotated[float, Gt(0), Lt(1)] = option(
        0.2, "share of people, of those not tested, that choose the best epoch"
    )
    test: Annotated[float, Ge(0), Lt(1)] = option(0.25, "share of people kept for the end")
    test_seed: Annotated[int, Ge(0), Lt(2**32)] = option(
        0,
        "who is kept for the end follows from it; who trains and chooses, from --seed",
        formerly="tested",
    )
    rotation_classes: bool = option(
        False,
        "a picture turned by 90, 180 or 270 degrees is of another person: for characters",
        formerly="quarters",
    )
    flip: Annotated[float, Ge(0), Le(1)] = option(0.5, "share of pictures mirrored")
    degrees: Annotated[float, Ge(0), Le(180)] = option(
        8.0, "degrees pictures are turned by, at most", formerly="turn"
    )
    scale: Annotated[float, Ge(0), Lt(1)] = option(0.1, "share by which they grow or shrink")
    shift: Annotated[float, Ge(0), Lt(1)] = option(0.06, "share of the sides they are moved by")
    color_jitter: Annotated[float, Ge(0), Lt(inf)] = option(
        0.25, "how much contrast and colour change", formerly="light"
    )
    erase: Annotated[float, Ge(0), Le(1)] = option(
        0.0, "sides of a patch painted over, as a share of the picture's"
    )
    freeze: Annotated[int, Ge(0)] = option(
        0,
        "first parts of the backbone that stay as they are, where it is a pretrained one",
        formerly="frozen",
    )
    l2_sp: Annotated[float, Ge(0), Lt(inf)] = option(
        0.0, "how strongly weights are drawn back to where they began", formerly="pull"
    )

    @classmethod
    def merged(cls, *layers: Mapping[str, Any]) -> "TripletConfig":
        """Defaults with each layer of changes laid over the one before, as `frame.config.merge`."""
        return merge(cls, *layers)
