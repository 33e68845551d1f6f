"""A program of torch.export answers as its model does, whatever the number and size of images."""

import io
import json
from collections.abc import Callable

import numpy as np
import pytest
import torch

from triptych.multitask.deployment.exported_model import ExportedModel
from triptych.multitask.deployment.torch_program import to_torch_program, torch_program_run
from triptych.multitask.inference.model_card import METADATA, ModelCard
from triptych.multitask.model.multitask_model import MultitaskModel


@pytest.mark.parametrize("heads", [("label", "mask", "semantic"), ("boxes", "circle")])
def test_pictures_of_any_size_and_number_are_answered(
    build: Callable[..., MultitaskModel], heads: tuple[str, ...], odd_batches: list[np.ndarray]
):
    model = ExportedModel(build(*heads)).eval()
    answers = torch_program_run(to_torch_program(model, {}))
    for images in odd_batches:
        with torch.no_grad():
            expected = model.answers(torch.from_numpy(images))
        said = answers(images)
        assert tuple(said) == tuple(expected) == model.output_names
        for name, value in expected.items():
            np.testing.assert_allclose(said[name], value, atol=1e-4, err_msg=name)


def test_a_program_of_writing_takes_canvases_in_any_number_and_has_its_card(
    build: Callable[..., MultitaskModel],
):
    model = build("label", input="ink", channels=1, head_names={"label": "animal"})
    content = to_torch_program(ExportedModel(model).eval(), {"run": "zoo"})
    answers = torch_program_run(content)
    for count in (1, 5):
        said = answers(np.zeros((count, 32, 48, 1), np.uint8))
        assert said["animal.probabilities"].shape == (count, 3)
    told = {METADATA: ""}
    torch.export.load(io.BytesIO(content), extra_files=told)
    assert ModelCard.from_json(told[METADATA]).heads["animal"].classes == ("cat", "dog", "owl")
    assert json.loads(told[METADATA])["run"] == "zoo"


def test_whether_images_are_inverted_is_a_second_input(build: Callable[..., MultitaskModel]):
    model = ExportedModel(build("label", channels=1, background="dark")).eval()
    content = to_torch_program(model, {})
    white = np.full((1, 20, 20, 3), 255, np.uint8)
    assert torch_program_run(content)(white)["inverted"].item()  # as its border says
    program = torch.export.load(io.BytesIO(content)).module()
    assert not program(torch.from_numpy(white), torch.tensor(0))["inverted"].item()
