"""The methods by name, and that each looks at what the network learned (Adebayo et al. 2018)."""

from pathlib import Path

import numpy as np
import pytest
import torch

from triptych.frame.errors import UnknownNameError
from triptych.multitask import open_dataset
from triptych.multitask.explanation.explained_head import ExplainedHead
from triptych.multitask.explanation.methods import METHODS, resolve_methods
from triptych.multitask.model.multitask_model import MultitaskModel

ALIKE = 0.7  # correlation of two maps


def test_names_are_resolved_once_and_slips_are_told():
    assert resolve_methods(None) == [*METHODS]
    assert resolve_methods(["occlusion", "occlusion"]) == ["occlusion"]
    with pytest.raises(UnknownNameError, match="Did you mean 'grad-cam'"):
        resolve_methods(["gradcam"])


def correlation(one: np.ndarray, two: np.ndarray) -> float:
    """0 of maps that are the same everywhere."""
    if np.array_equal(one, two):
        return 1.0
    return float(np.corrcoef(one, two)[0, 1]) if one.std() and two.std() else 0.0


@pytest.mark.parametrize("method", METHODS)
def test_other_weights_give_other_maps(trained_run: Path, few_digits: Path, method: str):
    trained = MultitaskModel.load(trained_run)
    torch.manual_seed(1)
    random = MultitaskModel(trained.info, trained.head_names, options=trained.options).eval()
    images = open_dataset("digits", str(few_digits)).batch("test", torch.arange(4)).images
    maps = []
    for model in (trained, trained, random):
        explained = ExplainedHead(model, "digit", images, class_name="3")
        maps.append(METHODS[method].compute(explained, images).flatten(1).numpy())
    again, other = (
        np.mean([correlation(one, two) for one, two in zip(maps[0], others)]) for others in maps[1:]
    )
    assert again > 0.999
    assert abs(other) < ALIKE
