"""Sheets of answers and truths."""

from pathlib import Path

import numpy as np
import torch

from triptych.multitask import Model, open_dataset
from triptych.multitask.engine.contact_sheets import answered, first, pixels_of, truths


def test_an_image_becomes_bytes_without_loss():
    image = torch.arange(256).view(1, 16, 16) / 255
    assert (pixels_of(image)[..., 0] == np.arange(256).reshape(16, 16)).all()


def test_the_first_images_are_as_many_as_there_are(few_digits: Path):
    dataset = open_dataset("digits", str(few_digits))
    assert len(first(dataset, "test", 7)) == 7
    assert len(first(dataset, "test", 10_000)) == dataset.size("test")


def test_a_sheet_of_answers_differs_from_one_of_truths(few_digits: Path):
    dataset = open_dataset("digits", str(few_digits))
    batch = first(dataset, "test", 6)
    model = Model(dataset.card, ["label", "box", "circle", "mask"]).eval()
    told, true = answered(model, batch, "a title"), truths(dataset.card, batch, "a title")
    assert told.shape == true.shape
    assert (told != true).any()
