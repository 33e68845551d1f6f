"""Scores of single images, by numbers worked by hand."""

import torch

from triptych.multitask import Batch, MultitaskModel
from triptych.multitask.image_scores import image_scores, wrong_first, wrong_images
from triptych.multitask.structures.batch import Target
from triptych.multitask.structures.info import DatasetInfo


def test_a_class_is_right_or_wrong_and_unknown_ones_are_neither():
    info = DatasetInfo("some", 1, 28, 28, ("label",), ("a", "b"))
    model = MultitaskModel(info, ["label"])
    present = torch.tensor([True, True, False])
    batch = Batch.of(
        torch.zeros(3, 1, 28, 28),
        torch.arange(3),
        label=Target(torch.tensor([0, 1, 0]), present),
    )
    outputs = {"label": torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])}
    scores = image_scores(model, batch, outputs)
    assert scores["label"][:2].tolist() == [1, 0] and scores["label"][2].isnan()
    assert wrong_images(scores).tolist() == [False, True, False]
    assert wrong_first(scores) == [1, 0, 2]


def test_a_map_is_as_good_as_its_worst_class():
    info = DatasetInfo("some", 1, 4, 4, ("semantic",), ("a", "b"))
    model = MultitaskModel(info, ["semantic"], "unet")
    truth = torch.zeros(1, 4, 4, dtype=torch.long)
    truth[0, 0], truth[0, 3] = 1, 2
    said = truth.clone()
    said[0, 3, 1:] = 0  # a quarter of class 2 is left
    outputs = {"semantic": torch.nn.functional.one_hot(said, 3).movedim(-1, 1).float()}
    batch = Batch.of(torch.zeros(1, 1, 4, 4), torch.arange(1), semantic=truth)
    scores = image_scores(model, batch, outputs)
    assert scores["semantic"].tolist() == [0.25]
    assert wrong_images({"a": torch.tensor([0.9]), **scores}).tolist() == [True]


def test_the_worst_of_the_wrong_ones_comes_first_and_right_ones_stay():
    scores = {"a": torch.tensor([0.9, 0.3, 1.0, 0.1]), "b": torch.tensor([0.8, 1.0, 0.7, 0.9])}
    assert wrong_first(scores) == [3, 1, 0, 2]
