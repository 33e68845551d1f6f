"""Models with random weights, and files of them."""

from collections.abc import Callable

import pytest
import torch

from triptych.multitask.model.multitask_model import MultitaskModel
from triptych.multitask.structures.info import DatasetInfo

HEADS = {
    "label": ("label",),
    "shapes": ("box", "circle", "label"),
    "maps": ("mask", "semantic"),
    "objects": ("boxes", "circles"),
}


@pytest.fixture(scope="session")
def build() -> Callable[..., MultitaskModel]:
    """A model of some heads with random weights, in evaluation mode."""

    def make(*heads: str, **info: object) -> MultitaskModel:
        torch.manual_seed(0)
        facts = {"channels": 3, "height": 32, "width": 48, "classes": ("cat", "dog", "owl")}
        card = DatasetInfo("drawn", targets=heads, **{**facts, **info})  # type: ignore[arg-type]
        return MultitaskModel(card, heads).eval()

    return make
