"""Figures of a run on images it has not seen: the same whatever way they are come by."""

import json
from pathlib import Path

import pytest
import torch

from triptych import multitask
from triptych.frame.errors import RunError
from triptych.multitask.engine import evaluate
from triptych.multitask.metrics import CircleIoU
from triptych.multitask.model.multitask_model import MultitaskModel


def test_figures_are_those_the_training_ended_with(trained_run: Path):
    found = multitask.evaluate(trained_run, device="cpu").to_dict()
    written = json.loads((trained_run / "metrics.json").read_bytes())
    written.pop("seconds")
    assert found == written


def test_figures_do_not_depend_on_the_batch(trained_run: Path, monkeypatch: pytest.MonkeyPatch):
    whole = multitask.evaluate(trained_run, device="cpu").metrics
    monkeypatch.setattr(evaluate, "images_at_once", lambda info: 7)
    assert multitask.evaluate(trained_run, device="cpu").metrics == pytest.approx(whole, abs=1e-4)


def test_a_figure_is_what_the_answers_say(trained_run: Path, few_digits: Path):
    dataset = multitask.open_dataset("digits", str(few_digits))
    batch = dataset.batch("test", torch.arange(60))
    predictor = multitask.load(trained_run, device="cpu")
    pixels = [(image[0] * 255).round().byte().numpy()[..., None] for image in batch.images]
    told = predictor.predict_all(pixels)
    true = predictor.network.model.heads["digit"].ground_truth(batch)
    right = [each.annotations["digit"].name == truth.name for each, truth in zip(told, true)]
    found = multitask.evaluate(trained_run, device="cpu").metrics
    assert found["digit/accuracy"] == pytest.approx(sum(right) / 60)


def test_each_part_has_its_size_and_a_definition_for_each_figure(trained_run: Path):
    for part, count in {"train": 220, "validation": 20, "test": 60}.items():
        found = multitask.evaluate(trained_run, split=part, device="cpu")
        assert (found.images, found.split) == (count, part)
        assert found.definitions.keys() == found.metrics.keys() and all(found.definitions.values())


def test_figures_may_be_those_of_each_image_and_its_mirror(trained_run: Path, few_digits: Path):
    found = multitask.evaluate(trained_run, device="cpu", flip_average=True)
    assert found.to_dict()["flip_average"] is True
    dataset = multitask.open_dataset("digits", str(few_digits))
    batch = dataset.batch("test", torch.arange(60))
    model = MultitaskModel.load(trained_run)
    temperature = model.heads["digit"].get_buffer("temperature")
    with torch.no_grad():
        both = [
            (model(images)["digit"] / temperature).softmax(1)
            for images in (batch.images, batch.images.flip(3))
        ]
    right = (both[0] + both[1]).argmax(1) == batch["label"]
    assert found.metrics["digit/accuracy"] == pytest.approx(right.float().mean().item())
    assert found.metrics != multitask.evaluate(trained_run, device="cpu").metrics


def test_ones_own_metric_is_measured(trained_run: Path):
    found = multitask.evaluate(trained_run, device="cpu", metrics={"circle/again": CircleIoU()})
    assert found.metrics["circle/again"] == found.metrics["circle/iou"]


def test_a_run_without_a_model_is_told(trained_run: Path, tmp_path: Path):
    (tmp_path / "run.json").write_bytes((trained_run / "run.json").read_bytes())
    with pytest.raises(RunError, match="Expected a finished run"):
        multitask.evaluate(tmp_path)


@pytest.mark.parametrize("damage", [{"plan": None}, {"plan": {}}, {"settings": {}}], ids=str)
def test_a_damaged_record_is_told(trained_run: Path, tmp_path: Path, damage: dict):
    for name in ("model.json", "model.safetensors"):
        (tmp_path / name).write_bytes((trained_run / name).read_bytes())
    facts = json.loads((trained_run / "run.json").read_bytes())
    (tmp_path / "run.json").write_text(json.dumps({**facts, **damage}))
    with pytest.raises(RunError, match=r"run\.json is damaged"):
        multitask.evaluate(tmp_path)
