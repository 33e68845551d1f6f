"""The labeling configuration: every tool and value that a project needs."""

from xml.etree import ElementTree

from triptych.multitask.formats._format import Vocabulary
from triptych.multitask.formats._label_studio.labeling import LabelingConfig

NAMES = Vocabulary(("cat", "dog"), {"hue": ("red", "blue")})


def test_regions_come_first_then_the_class_then_attributes():
    config = LabelingConfig(NAMES)
    config.add("attribute-hue", ["blue"])
    config.add("class", ["cow"])
    config.add("ellipse", ["cat"])
    config.add("box", [])
    root = ElementTree.fromstring(config.xml())
    names = [tag.get("name") for tag in root]
    assert names == ["image", "box", "ellipse", "class", "attribute-hue"]
    values = [[each.get("value") for each in tag] for tag in root]
    assert values == [[], ["cat", "dog"], ["cat", "dog"], ["cat", "dog", "cow"], ["red", "blue"]]


def test_without_any_result_boxes_of_all_classes_can_be_drawn():
    root = ElementTree.fromstring(LabelingConfig(NAMES).xml())
    assert [tag.tag for tag in root] == ["Image", "RectangleLabels"]
    assert [each.get("value") for each in root[1]] == ["cat", "dog"]


def test_what_xml_cannot_hold_is_replaced():
    config = LabelingConfig(Vocabulary(("a\x00b & <c>",)))
    (label,) = ElementTree.fromstring(config.xml())[1]
    assert label.get("value") == "a\ufffdb & <c>"
