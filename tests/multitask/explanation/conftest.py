"""A network of which every weight is known, and pictures in two colors."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from triptych.multitask.model.multitask_model import MultitaskModel


class Colors(nn.Module):
    """The image itself as the only map."""

    feature_info = ()

    def forward(self, images: Tensor) -> list[Tensor]:
        return [images]


@pytest.fixture
def colors(build: Callable[..., MultitaskModel]) -> MultitaskModel:
    """Says "cat" by the mean of red, "dog" by that of green, "owl" by that of blue, 100 times."""
    model = build("label", height=16, width=24)
    model.backbone = Colors()  # type: ignore[assignment]
    head = model.heads["label"]
    head.linear = nn.Linear(3, 3)  # type: ignore[assignment]
    with torch.no_grad():
        head.linear.weight.copy_(100 * torch.eye(3))
        head.linear.bias.zero_()
    return model.eval()


@pytest.fixture
def squares() -> Tensor:
    """Red of 6 × 6 pixels at the left, fainter green at the right, on black."""
    images = torch.zeros(1, 3, 16, 24)
    images[:, 0, 5:11, 2:8] = 1.0
    images[:, 1, 5:11, 16:22] = 0.5
    return images
