"""Sets whose numbers are known by the names of their folders."""

from triptych.multitask.formats._mask_images.known_sets import CITYSCAPES, VOC, known_set


def test_the_nineteen_and_the_twenty_classes():
    assert (len(CITYSCAPES), len(VOC)) == (19, 20)
    assert VOC[14] == "person" and CITYSCAPES[33] == "bicycle"


def test_other_values_in_a_folder_of_trimaps_are_another_set():
    assert known_set(["trimaps/a.png"], [1, 2, 3], None)
    assert known_set(["trimaps/a.png"], [0, 128, 255], None) is None
    assert known_set(["masks/a.png"], [1, 2, 3], None) is None
