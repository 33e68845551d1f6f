"""Contact sheets of predictions and of ground truth: colors, line styles, captions, order."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from triptych.frame.drawing import annotate
from triptych.frame.drawing.colors import BLUE, GREEN, PURPLE, VERMILION, WRONG, Color
from triptych.frame.drawing.contact_sheet import GAP
from triptych.frame.drawing.text import LegendEntry
from triptych.multitask import Batch, MultitaskModel, open_dataset
from triptych.multitask.engine.contact_sheets import (
    first_batch,
    ground_truth_sheet,
    prediction_sheet,
    telling_batch,
    to_uint8,
)
from triptych.multitask.heads import HEADS

HEADS_OF_DIGITS = ["label", "box", "circle", "mask"]


@pytest.fixture
def captions(monkeypatch: pytest.MonkeyPatch) -> list[list[LegendEntry]]:
    """The rows below every image that is drawn."""
    rows: list[list[LegendEntry]] = []
    monkeypatch.setattr(
        annotate,
        "caption",
        lambda some, width, size: (rows.extend(some), np.zeros((1, width, 3), np.uint8))[1],
    )
    return rows


def right_answers(model: MultitaskModel, batch: Batch) -> dict[str, Tensor]:
    """What the heads would give if they knew."""
    label, mask = batch["label"], batch["mask"].float()
    classes = len(model.info.classes)
    return {
        "digit": F.one_hot(label, classes).float() * 20,
        "box": batch["box"],
        "circle": batch["circle"],
        "mask": (mask - 0.5) * 40,
    }


def colored(pixels: np.ndarray, color: Color) -> np.ndarray:
    return (pixels == color).all(2)


def test_an_image_becomes_bytes_without_loss():
    image = torch.arange(256).view(1, 16, 16) / 255
    assert (to_uint8(image)[..., 0] == np.arange(256).reshape(16, 16)).all()


def test_the_first_images_are_as_many_as_there_are(few_digits: Path):
    dataset = open_dataset("digits", str(few_digits))
    assert len(first_batch(dataset, "test", 7)) == 7
    assert len(first_batch(dataset, "test", 10_000)) == dataset.size("test")


def test_each_head_has_its_color_on_both_kinds_of_sheets(few_digits: Path):
    dataset = open_dataset("digits", str(few_digits))
    batch = first_batch(dataset, "test", 6)
    model = MultitaskModel(dataset.info, HEADS_OF_DIGITS).eval()
    predicted, true = (
        prediction_sheet(model, batch, "a title"),
        ground_truth_sheet(dataset.info, batch, "a title"),
    )
    for sheet in (predicted, true):
        for color in (BLUE, VERMILION, PURPLE, GREEN):
            assert colored(sheet, color).any()
    own = [HEADS[name].color for name in HEADS]
    assert len({*own}) == len(own) and None not in own and WRONG not in own


def test_captions_of_the_truth_have_no_percent(few_digits: Path, captions: list[list[LegendEntry]]):
    dataset = open_dataset("digits", str(few_digits))
    ground_truth_sheet(dataset.info, first_batch(dataset, "test", 6), "")
    texts = [entry.text for row in captions for entry in row]
    assert texts == [str(n) for n in range(6)]
    assert {entry.marker for row in captions for entry in row} == {"hollow"}


def test_wrong_ones_come_first_with_a_frame_and_the_truth(
    few_digits: Path, captions: list[list[LegendEntry]], monkeypatch: pytest.MonkeyPatch
):
    dataset = open_dataset("digits", str(few_digits))
    batch = first_batch(dataset, "test", 6)
    model = MultitaskModel(dataset.info, HEADS_OF_DIGITS).eval()
    outputs = right_answers(model, batch)
    outputs["digit"][4] = outputs["digit"][7 - 4]  # a 4 that is called a 3
    outputs["box"] = outputs["box"].clone()
    outputs["box"][2] += 20
    outputs["digit"][2] = outputs["digit"][1]
    monkeypatch.setattr(model, "forward", lambda images: outputs)

    sheet = prediction_sheet(model, batch, "title", metrics={"box/iou": 0.5})
    said = [[(entry.marker, entry.text) for entry in row] for row in captions]
    assert said == [
        [("cross", "1 100%"), ("hollow", "truth 2")],
        [("cross", "box")],
        [("cross", "3 100%"), ("hollow", "truth 4")],
        *([("filled", f"{digit} 100%")] for digit in (0, 1, 3, 5)),
    ]
    framed = np.flatnonzero(colored(sheet, WRONG)[:, :].any(0))
    assert framed.min() < GAP and framed.max() < 2 * (168 + GAP) + GAP  # the first two cells

    captions.clear()
    prediction_sheet(model, batch, "title", reorder=False)
    assert captions[0][0].text == "0 100%"


def test_a_telling_batch_has_the_wrong_ones_and_some_others(
    few_digits: Path, monkeypatch: pytest.MonkeyPatch
):
    dataset = open_dataset("digits", str(few_digits))
    model = MultitaskModel(dataset.info, HEADS_OF_DIGITS).eval()
    outputs = right_answers(model, first_batch(dataset, "test", 60))
    outputs["digit"][[50, 40]] = -outputs["digit"][[50, 40]]
    monkeypatch.setattr(model, "forward", lambda images: outputs)
    batch, wrong = telling_batch(model, dataset, "test")
    assert wrong == 2 and batch.indices[:5].tolist() == [40, 50, 0, 1, 2] and len(batch) == 24


def test_the_truth_is_dashed_and_an_answer_is_not(few_digits: Path):
    dataset = open_dataset("foreground-digits", str(few_digits))
    batch = first_batch(dataset, "test", 1)
    model = MultitaskModel(dataset.info, ["mask"]).eval()
    true = ground_truth_sheet(dataset.info, batch, "")
    canvas = annotate.ImageCanvas(to_uint8(batch.images[0]))
    canvas.pen = annotate.Pen(GREEN)
    model.heads["mask"].draw(canvas, model.heads["mask"].ground_truth(batch)[0])
    whole = colored(canvas.pixels, GREEN).sum()
    dashed = colored(true[-188:-20, 20:], GREEN).sum()
    assert 0.4 * whole < dashed < 0.85 * whole
