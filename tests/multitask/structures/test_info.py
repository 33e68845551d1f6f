"""What a model knows of its dataset, saved and read again."""

import json

import pytest

from triptych.multitask import DatasetInfo

INFO = DatasetInfo(
    "digits", 1, 28, 20, ("label", "box"), ("0", "1"), (), {"label": "digit"}, background="dark"
)


def test_an_info_survives_json():
    assert DatasetInfo.from_dict(json.loads(json.dumps(INFO.to_dict()))) == INFO


def test_an_info_of_version_0_1_0_is_read():
    old = {
        "dataset": "digits",
        "channels": 1,
        "height": 28,
        "width": 20,
        "truths": ["label", "box"],
        "classes": ["0", "1"],
        "attributes": [],
        "names": {"label": "digit"},
        "ground": "dark",
    }
    assert DatasetInfo.from_dict(old) == INFO


@pytest.mark.parametrize("damage", [{"dataset": "digits"}, {**INFO.to_dict(), "pictures": 3}])
def test_anything_else_is_a_type_error(damage: dict):
    with pytest.raises(TypeError):
        DatasetInfo.from_dict(damage)


def test_infos_are_hashable_and_equal_ones_have_equal_hashes():
    same = DatasetInfo.from_dict(INFO.to_dict())
    assert hash(same) == hash(INFO) and len({INFO, same}) == 1


def test_heads_have_two_names():
    assert INFO.display_name("label") == "digit" and INFO.display_name("box") == "box"
    assert INFO.head_for("digit") == "label" and INFO.head_for("wheel") == "wheel"


def test_the_background_is_class_0_of_a_semantic_map():
    assert INFO.semantic_classes == ("background", "0", "1")
