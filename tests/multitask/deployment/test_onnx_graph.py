"""A file tells all that a program has to know."""

import json
from collections.abc import Callable

import pytest

from triptych.multitask.deployment.exported_model import ExportedModel
from triptych.multitask.deployment.onnx_graph import example_inputs, metadata
from triptych.multitask.inference.model_card import METADATA
from triptych.multitask.model.multitask_model import MultitaskModel


def test_classes_thresholds_and_meanings_are_told(build: Callable[..., MultitaskModel]):
    model = ExportedModel(build("label", "boxes", head_names={"label": "animal"}))
    told = json.loads(metadata(model, {"run": "zoo"})[METADATA])
    assert told["heads"]["animal"]["classes"] == ["cat", "dog", "owl"]
    assert told["heads"]["boxes"]["thresholds"] == [pytest.approx(0.3)] * 3
    assert set(told["outputs"]) == set(model.output_names)
    assert told["run"] == "zoo" and "RGB" in told["input"]


def test_a_model_of_writing_says_that_it_takes_canvases(build: Callable[..., MultitaskModel]):
    model = ExportedModel(build("label", input="ink", channels=1))
    told = json.loads(metadata(model, {})[METADATA])
    assert "prepared by triptych" in told["input"]
    assert example_inputs(model)[0].shape == (2, 32, 48, 1)
    assert "inverted" not in model.output_names
