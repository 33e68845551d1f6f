"""One module says what the predictor says, at any size."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from triptych.multitask.deployment.exported_model import ExportedModel
from triptych.multitask.inference.predictor import Predictor
from triptych.multitask.model.multitask_model import MultitaskModel
from triptych.multitask.structures.annotations import BinaryMask, BoundingBox, ClassLabel

HEADS = ("box", "label", "mask", "semantic")


@pytest.mark.parametrize("size", [(32, 48), (70, 61)])
def test_it_answers_as_the_predictor(build: Callable[..., MultitaskModel], size: tuple[int, int]):
    model = build(*HEADS)
    model.add_novelty(1)
    assert model.novelty is not None
    model.novelty.threshold.fill_(1e3)  # or it would be unfamiliar
    pixels = np.random.default_rng(1).integers(0, 256, (*size, 3), np.uint8)
    with torch.no_grad():
        said = ExportedModel(model).eval().answers(torch.from_numpy(pixels)[None])
    expected = Predictor(model, device="cpu").predict(pixels)
    label, mask, box = (expected.annotations[name] for name in ("label", "mask", "box"))
    assert isinstance(label, ClassLabel) and isinstance(mask, BinaryMask)
    assert isinstance(box, BoundingBox)
    assert said["label.probabilities"].max() == pytest.approx(label.probability, abs=1e-5)
    np.testing.assert_allclose(said["box"][0], [*vars(box).values()], atol=1e-3)
    sure = (said["mask"][0] - 0.5).abs() > 1e-4
    np.testing.assert_array_equal((said["mask"][0] > 0.5)[sure], mask.pixels[sure.numpy()])
    classes = vars(expected.annotations["semantic"])["classes"]
    np.testing.assert_array_equal(said["semantic"][0], classes)
    assert float(said["novelty"]) == pytest.approx(expected.novelty, rel=1e-3)
    assert float(said["uncertainty"]) == pytest.approx(expected.uncertainty, abs=1e-4)


def test_outputs_are_named_as_they_come(build: Callable[..., MultitaskModel]):
    for heads in (HEADS, ("boxes", "circles"), ("circle",)):
        model = ExportedModel(build(*heads)).eval()
        said = model.answers(torch.zeros(1, 9, 9, 3, dtype=torch.uint8))
        assert tuple(said) == model.output_names


def test_an_unknown_output_has_no_meaning(build: Callable[..., MultitaskModel]):
    model = ExportedModel(build("label"))
    assert "probability" in model.meaning("label.probabilities")
    with pytest.raises(KeyError):
        model.meaning("box")
