"""Annotated images: what nobody said is None, and that is not the same as nothing."""

from pathlib import Path

from triptych.multitask.structures.annotated_image import AnnotatedImage, AnnotatedObject


def test_what_nobody_said_is_none():
    image = AnnotatedImage(Path("a.png"))
    assert image.objects is None
    assert image.label is image.group is image.split is image.mask is image.size is None
    thing = AnnotatedObject()
    assert (thing.label, thing.shape, thing.crowd, thing.score) == (None, None, False, None)
