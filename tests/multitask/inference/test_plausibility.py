"""What the heads say, by itself and together."""

import numpy as np
import pytest

from triptych.multitask.inference.plausibility import is_implausible
from triptych.multitask.structures.annotations import Annotation, BinaryMask, ClassLabel


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
    assert is_implausible(annotations, 0.5) == implausible


def test_what_is_unlike_all_it_learned_is_implausible() -> None:
    annotations: dict[str, Annotation] = {"digit": ClassLabel("3", 0.99), "mask": mask(0.9)}
    assert is_implausible(annotations, 1.01) and not is_implausible(annotations, 0.99)
    assert not is_implausible(annotations, 1.05, 1.1) and is_implausible(annotations, 1.15, 1.1)
