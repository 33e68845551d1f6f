"""What a file tells about itself is checked before it is used."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from triptych.multitask.deployment.exported_model import ExportedModel
from triptych.multitask.deployment.onnx_graph import metadata
from triptych.multitask.inference.model_card import METADATA, ModelCard
from triptych.multitask.model.multitask_model import MultitaskModel


@pytest.fixture
def told(build: Callable[..., MultitaskModel]) -> dict[str, Any]:
    model = ExportedModel(build("label", "boxes", head_names={"label": "animal"}))
    return json.loads(metadata(model, {})[METADATA])


def test_a_card_is_what_was_written(told: dict[str, Any]):
    card = ModelCard.from_json(json.dumps(told))
    assert card.head_names == ("label", "boxes") and [*card.heads] == ["animal", "boxes"]
    assert card.heads["animal"].classes == ("cat", "dog", "owl")
    assert (card.info.height, card.info.width) == (32, 48)
    assert card.outputs[0] == "animal.probabilities" and card.outputs[-1] == "uncertainty"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"format": 2}, "update triptych"),
        ({"heads": []}, "damaged"),
        ({"heads": {}}, "not those it names"),
        ({"head_names": ["label"]}, "not those it names"),
        ({"info": {"dataset": "x"}}, "damaged"),
        ({"info": None}, "damaged"),
    ],
    ids=str,
)
def test_damage_is_told(told: dict[str, Any], change: dict[str, Any], why: str):
    with pytest.raises(ValueError, match=why):
        ModelCard.from_json(json.dumps({**told, **change}))


@pytest.mark.parametrize(
    ("place", "value", "why"),
    [
        (("info", "height"), 10**9, "size"),
        (("info", "width"), -9, "size"),
        (("info", "channels"), 2, "kind"),
        (("info", "input"), "ink", "color"),
        (("heads", "animal", "kind"), "depth", "unknown kind 'depth'"),
        (("heads", "animal", "classes"), [], "without classes"),
        (("heads", "animal", "color"), "red", "damaged|invalid"),
    ],
    ids=str,
)
def test_values_out_of_range_are_told(
    told: dict[str, Any], place: tuple[str, ...], value: object, why: str
):
    here: Any = told
    for step in place[:-1]:
        here = here[step]
    here[place[-1]] = value
    with pytest.raises(ValueError, match=why):
        ModelCard.from_json(json.dumps(told))


def test_what_is_no_json_is_told():
    with pytest.raises(ValueError):
        ModelCard.from_json("{")
    with pytest.raises(ValueError, match="damaged"):
        ModelCard.from_json("[" * 100_000)
