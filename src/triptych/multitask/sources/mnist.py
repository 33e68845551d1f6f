"""MNIST: 70,000 handwritten digits, in the split LeCun, Cortes and Burges published."""

from typing import ClassVar

import torch

from ...frame.storage.assets import Asset, fetch_or_locate, register
from ..data.source import Cutouts, Source, SourceSplit
from . import _idx_format

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)


def _asset(name: str, md5: str, size: int) -> Asset:
    return Asset(
        name=f"mnist/{name}",
        path=f"mnist/{name}.gz",
        urls=tuple(f"{mirror}{name}.gz" for mirror in MIRRORS),
        md5_unpacked=md5,
        size=size,
        licence="CC BY-SA 3.0",
        source="The MNIST database of handwritten digits (LeCun, Cortes, Burges)",
    )


class MNIST(Source):
    """28×28 grey digits, white ink on black: 60,000 for training and 10,000 for testing (LeCun,
    Cortes & Burges 1998)."""

    subjects: ClassVar[tuple[str, ...]] = ("digits",)
    assets: ClassVar[tuple[Asset, ...]] = register(
        _asset("train-images-idx3-ubyte", "6bbc9ace898e44ae57da46a324031adb", 9_912_422),
        _asset("train-labels-idx1-ubyte", "a25bea736e30d166cdddb491f175f624", 28_881),
        _asset("t10k-images-idx3-ubyte", "2646ac647ad5339dbf082846283269ea", 1_648_877),
        _asset("t10k-labels-idx1-ubyte", "27ae3e4e09519cfbb04c329615203637", 4_542),
    )

    def cutouts(self, subject: str, split: SourceSplit) -> Cutouts:
        """The digits of a split, in the published order."""
        files = self.assets[:2] if split == "train" else self.assets[2:]
        images, labels = _idx_format.read_images_and_labels(
            *(fetch_or_locate(asset) for asset in files)
        )
        return Cutouts(
            images=torch.from_numpy(images)[:, None],
            labels=torch.from_numpy(labels).long(),
            names=tuple("0123456789"),
        )
