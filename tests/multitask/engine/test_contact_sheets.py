"""Contact sheets of predictions and of ground truth."""

from pathlib import Path

import numpy as np
import torch

from triptych.multitask import MultitaskModel, open_dataset
from triptych.multitask.engine.contact_sheets import (
    first_batch,
    ground_truth_sheet,
    prediction_sheet,
    to_uint8,
)


def test_an_image_becomes_bytes_without_loss():
    image = torch.arange(256).view(1, 16, 16) / 255
    assert (to_uint8(image)[..., 0] == np.arange(256).reshape(16, 16)).all()


def test_the_first_images_are_as_many_as_there_are(few_digits: Path):
    dataset = open_dataset("digits", str(few_digits))
    assert len(first_batch(dataset, "test", 7)) == 7
    assert len(first_batch(dataset, "test", 10_000)) == dataset.size("test")


def test_predictions_are_drawn_otherwise_than_the_ground_truth(few_digits: Path):
    dataset = open_dataset("digits", str(few_digits))
    batch = first_batch(dataset, "test", 6)
    model = MultitaskModel(dataset.info, ["label", "box", "circle", "mask"]).eval()
    predicted, true = (
        prediction_sheet(model, batch, "a title"),
        ground_truth_sheet(dataset.info, batch, "a title"),
    )
    assert predicted.shape == true.shape
    assert (predicted != true).any()
