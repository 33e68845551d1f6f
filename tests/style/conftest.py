"""A network small enough to be read hundreds of times a second."""

from collections.abc import Sequence

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from triptych.style.networks._extractor import FeatureExtractor, Image
from triptych.style.schedule import Schedule


class Tiny(FeatureExtractor):
    """Two convolutions of random weights with a pool between; the same each time."""

    def __init__(self) -> None:
        super().__init__()
        chance = torch.Generator().manual_seed(0)
        self.name, self.layers = "tiny", ("relu1_1", "relu2_1")
        self.schedule = Schedule((5, 4, 3), growth=2.0)
        self.strides = {"relu1_1": 1, "relu2_1": 2}
        self.content_layer, self.style_layers = "relu2_1", {"relu1_1": 0.5, "relu2_1": 0.5}
        self.first = torch.randn(6, 3, 3, 3, generator=chance) / 3
        self.second = torch.randn(8, 6, 3, 3, generator=chance) / 5

    def extract(self, picture: Image, layers: Sequence[str]) -> dict[str, Tensor]:
        one = F.conv2d(picture, self.first.to(picture), padding=1).relu()
        two = F.conv2d(F.avg_pool2d(one, 2), self.second.to(picture), padding=1).relu()
        found = {"relu1_1": one, "relu2_1": two}
        return {name: found[name] for name in layers}


@pytest.fixture(scope="session")
def tiny() -> FeatureExtractor:
    """Its layers are relu1_1 and relu2_1; to be read only."""
    return Tiny()
