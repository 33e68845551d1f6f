"""What the heads say, by itself and together."""

import numpy as np
import pytest

from triptych.multitask.engine.plausibility import is_implausible
from triptych.multitask.structures.annotations import Annotation, BinaryMask, ClassLabel
from triptych.multitask.structures.info import DatasetInfo


def info(**changes: object) -> DatasetInfo:
    facts = {"dataset": "digits", "channels": 1, "height": 28, "width": 28, "targets": ("label",)}
    return DatasetInfo(**{**facts, **changes})  # pyright: ignore[reportArgumentType]


def mask(value: float) -> BinaryMask:
    return BinaryMask(np.full((4, 4), value, np.float32))


@pytest.mark.parametrize(
    ("annotations", "implausible"),
    [
        ({"digit": ClassLabel("3", 0.99), "mask": mask(0.9)}, False),
        ({"digit": ClassLabel("3", 0.99), "mask": mask(0.1)}, True),
        ({"digit": ClassLabel("3", 0.99)}, False),
        ({"mask": mask(0.1)}, False),  # alone it contradicts nothing
        ({}, False),
    ],
)
def test_a_class_without_a_pixel_contradicts_itself(
    annotations: dict[str, Annotation], implausible: bool
) -> None:
    assert is_implausible(annotations, 0.5, info()) == implausible


def test_nothing_is_an_answer_only_where_it_was_learned() -> None:
    annotations = {"digit": ClassLabel("nothing", 0.9)}
    assert is_implausible(annotations, 0.5, info(nothing=True))
    assert not is_implausible(annotations, 0.5, info(classes=("nothing", "some")))


def test_characters_may_be_less_usual_than_whole_images() -> None:
    assert is_implausible({}, 1.2, info())
    assert not is_implausible({}, 1.2, info(input="ink"))
    assert is_implausible({}, 1.4, info(input="ink"))
