"""Trainings into run folders: stopped and resumed, refused, and with parts of the user's own."""

import csv
import json
from pathlib import Path
from typing import Any

import lightning as L
import pytest
import torch
from lightning.pytorch.callbacks import Callback
from safetensors.torch import load_file
from torch import Tensor
from torchmetrics import Metric

from triptych import multitask
from triptych.frame.errors import ConfigError, TriptychError, UnknownNameError
from triptych.frame.progress import ProgressEvent
from triptych.multitask import HEADS, PerImageMetric
from triptych.multitask.data.source import DataNotice
from triptych.multitask.engine.train import TrainResult
from triptych.multitask.heads.label import LabelHead
from triptych.multitask.metrics import Accuracy

SMALL = {"epochs": 1, "batch": 64, "device": "cpu", "precision": "fp32"}
WEIGHTS = "model.safetensors"


def small(few_digits: Path, out: Path, dataset: str = "circled-digits", **more: Any) -> TrainResult:
    return multitask.train(dataset, source=str(few_digits), out=out, **{**SMALL, **more})


def test_a_run_is_complete(trained_run: Path):
    found = {path.name for path in trained_run.iterdir()}
    expected = "run.json metrics.csv metrics.json model.json network.svg curves.png answers.png"
    assert {*expected.split(), WEIGHTS, "checkpoints", "epochs"} <= found
    assert sorted(path.name for path in (trained_run / "epochs").iterdir()) == [
        "001.png",
        "002.png",
    ]
    assert not [path for path in trained_run.rglob("*") if path.suffix == ".part"]


def test_model_json_is_the_last_file_written(trained_run: Path):
    files = [file for file in trained_run.rglob("*") if file.is_file()]
    latest = max(file.stat().st_mtime_ns for file in files)
    assert (trained_run / "model.json").stat().st_mtime_ns == latest


def test_a_run_records_what_it_takes_to_do_it_again(trained_run: Path, few_digits: Path):
    facts = json.loads((trained_run / "run.json").read_bytes())
    assert facts["plan"]["dataset"] == "digits"
    assert facts["plan"]["source"] == str(few_digits)
    assert facts["settings"]["seed"] == 0 and facts["settings"]["epochs"] == 2
    assert facts["data"] and facts["command"]


def test_every_epoch_has_a_row_with_every_figure(trained_run: Path):
    with (trained_run / "metrics.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [float(row["epoch"]) for row in rows] == [1, 2]
    figures = {*json.loads((trained_run / "metrics.json").read_bytes())["metrics"]}
    fitted = {name for name in figures if "coverage" in name or "/ece" in name}  # at the end
    assert len(fitted) == 6 and not fitted & rows[0].keys()
    final = figures - fitted
    assert {"train/loss", "val/loss", "score", *final} <= rows[0].keys()
    assert all(row[name] for row in rows for name in ("score", *final))


def test_the_figures_handed_back_are_those_written(few_digits: Path, tmp_path: Path):
    trained = small(few_digits, tmp_path / "run")
    written = json.loads((tmp_path / "run" / "metrics.json").read_bytes())
    assert written.pop("seconds") >= 0
    assert written == trained.evaluation.to_dict()
    assert trained.evaluation.split == "test" and trained.evaluation.images == 60
    assert trained.folder == tmp_path / "run"


def test_the_same_seed_gives_the_same_weights_and_another_others(few_digits: Path, tmp_path: Path):
    weights = []
    for name, seed in {"a": 3, "b": 3, "c": 4}.items():
        small(few_digits, tmp_path / name, heads=["label"], seed=seed)
        weights.append((tmp_path / name / WEIGHTS).read_bytes())
    assert weights[0] == weights[1] != weights[2]


@pytest.mark.parametrize(
    "heads", [["label"], ["digit"], ["mask", "box"], ["circle", "label", "mask"]], ids=",".join
)
def test_any_heads_train_in_any_order(few_digits: Path, tmp_path: Path, heads: list[str]):
    trained = small(few_digits, tmp_path / "run", "digits", heads=heads)
    names = ["digit" if head == "label" else head for head in heads]
    assert list(trained.model.heads) == names
    assert {name.partition("/")[0] for name in trained.evaluation.metrics} == set(names)


def test_every_figure_can_be_monitored(few_digits: Path, tmp_path: Path):
    for number, name in enumerate(["circle/iou", "digit/accuracy", "circle/iou_when_right"]):
        trained = small(few_digits, tmp_path / str(number), monitor=name)
        assert name in trained.evaluation.metrics


def test_the_best_epoch_by_the_monitored_figure_is_kept(few_digits: Path, tmp_path: Path):
    asked = []

    class Order(PerImageMetric):
        definition = "1 in the second epoch, else 0"

        def per_image(self, output: Tensor, target: Tensor) -> Tensor:
            asked.append(len(output))  # the validation part is one batch
            return torch.full((len(output),), float(len(asked) == 2))

    trained = small(
        few_digits,
        tmp_path / "run",
        epochs=3,
        heads=["label"],
        metrics={"digit/order": Order()},
        monitor="digit/order",
    )
    state = torch.load(tmp_path / "run" / "checkpoints" / "best.ckpt", weights_only=True)
    assert state["epoch"] == 1
    best = {name.removeprefix("model."): t for name, t in state["state_dict"].items()}
    saved = load_file(tmp_path / "run" / WEIGHTS)
    assert {name for name in saved if not name.startswith("novelty.")} == best.keys()
    for name, tensor in best.items():  # what is fitted afterwards is no part of an epoch
        assert tensor.equal(saved[name]) or name.endswith(".temperature"), name
    assert trained.model.state_dict().keys() == saved.keys()


def test_a_metric_that_is_better_when_lower_picks_its_lowest(few_digits: Path, tmp_path: Path):
    asked = []

    class Error(Metric):
        higher_is_better = False

        def __init__(self) -> None:
            super().__init__()
            self.add_state("value", torch.zeros(()), dist_reduce_fx="sum")

        def update(self, output: Tensor, target: Tensor) -> None:
            asked.append(len(output))
            self.value = torch.tensor(0.5 if len(asked) == 2 else 1.0)

        def compute(self) -> Tensor:
            return self.value

    with pytest.warns(DataNotice, match="Stopped after epoch 3 of 4"):
        small(
            few_digits,
            tmp_path / "run",
            epochs=4,
            heads=["label"],
            metrics={"digit/error": Error()},
            monitor="digit/error",
            patience=1,
        )
    state = torch.load(tmp_path / "run" / "checkpoints" / "best.ckpt", weights_only=True)
    assert state["epoch"] == 1
    assert len((tmp_path / "run" / "metrics.csv").read_text().splitlines()) == 1 + 3


def test_a_plain_function_is_a_metric(few_digits: Path, tmp_path: Path):
    def right(output: Tensor, target: Tensor) -> Tensor:
        """share of right digits"""
        return (output.argmax(1) == target).float()

    metrics = {
        "digit/right": right,
        "digit/mean": lambda output, target: right(output, target).mean(),
    }
    trained = small(few_digits, tmp_path / "run", heads=["label"], metrics=metrics)
    values = trained.evaluation.metrics
    assert values["digit/right"] == pytest.approx(values["digit/accuracy"])
    assert values["digit/mean"] == pytest.approx(values["digit/accuracy"])
    assert trained.evaluation.definitions["digit/right"] == "share of right digits"
    with pytest.raises(ConfigError, match=r"one for each of .* images, got"):
        small(few_digits, tmp_path / "no", heads=["label"], metrics={"digit/x": lambda o, t: o})


def test_training_stops_early_where_nothing_gets_better(few_digits: Path, tmp_path: Path):
    class Never(PerImageMetric):
        definition = "always 0"

        def per_image(self, output: Tensor, target: Tensor) -> Tensor:
            return torch.zeros(len(output))

    with pytest.warns(DataNotice, match="Stopped after epoch 3 of 6"):
        small(
            few_digits,
            tmp_path / "run",
            epochs=6,
            heads=["label"],
            metrics={"digit/never": Never()},
            monitor="digit/never",
            patience=2,
        )
    assert len((tmp_path / "run" / "metrics.csv").read_text().splitlines()) == 1 + 3


def test_ones_own_metric_callback_and_head_take_part(
    few_digits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    class Radius(PerImageMetric):
        definition = "1 − relative error of the radius, at least 0"

        def per_image(self, output: Tensor, target: Tensor) -> Tensor:
            return (1 - (output[:, 2] / target[:, 2] - 1).abs()).clamp(min=0)

    class Count(Callback):
        epochs = 0

        def on_train_epoch_end(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
            self.epochs += 1

    class Parity(LabelHead):
        def target(self, batch: multitask.Batch) -> Tensor:
            return super().target(batch) % 2

    monkeypatch.setattr(HEADS, "_registered", {})
    HEADS.register("parity", Parity)
    count = Count()
    trained = small(
        few_digits,
        tmp_path / "run",
        epochs=2,
        heads=["circle", "parity"],
        metrics={"circle/radius": Radius()},
        callbacks=[count],
    )
    assert count.epochs == 2
    assert {"circle/iou", "circle/radius", "parity/accuracy"} <= trained.evaluation.metrics.keys()
    assert trained.evaluation.definitions["circle/radius"] == Radius.definition


def test_a_weight_changes_what_is_learnt(few_digits: Path, tmp_path: Path):
    for name, weights in {"a": {}, "b": {"digit": 30.0}}.items():
        small(few_digits, tmp_path / name, loss_weights=weights)
    one, other = ((tmp_path / name / WEIGHTS).read_bytes() for name in "ab")
    assert one != other


def test_progress_is_told_up_to_the_end(few_digits: Path, tmp_path: Path):
    told: list[ProgressEvent] = []
    small(few_digits, tmp_path / "run", progress=told.append, epochs=2)
    train = [step for step in told if step.task == "train"]
    assert train[-1].done == train[-1].total > 0
    assert told[-1] == ProgressEvent("evaluate", 60, 60)


def test_a_training_set_smaller_than_a_batch_trains(few_digits: Path, tmp_path: Path):
    assert small(few_digits, tmp_path / "run", batch=5000).evaluation.images == 60


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        ({"heads": ["lable"]}, UnknownNameError, r"no head 'lable'. Did you mean 'label'"),
        ({"heads": ["mask"]}, ConfigError, "has no mask .*It supplies: circle, digit"),
        ({"loss_weights": {"box": 1.0}}, UnknownNameError, "no head in this run 'box'"),
        ({"loss_weights": {"circle": 0.0}}, ConfigError, "Expected a weight above 0"),
        ({"loss_weights": {"circle": float("inf")}}, ConfigError, "Expected a weight above 0"),
        ({"monitor": "circle/iu"}, UnknownNameError, "Did you mean 'circle/iou'"),
        ({"monitor": "train/loss"}, UnknownNameError, "no metric 'train/loss'"),
        ({"epoch": 3}, UnknownNameError, "Did you mean 'epochs'"),
        ({"weights": "best.pt"}, UnknownNameError, "Did you mean 'loss_weights'"),
        ({"weight": "best.pt"}, UnknownNameError, "Did you mean 'loss_weights'"),
        ({"head": "label"}, UnknownNameError, "Did you mean 'heads'"),
        ({"imgsz": 28}, UnknownNameError, "Images have the size of the dataset"),
        ({"project": "runs"}, UnknownNameError, "Did you mean 'out'"),
        ({"name": "first"}, UnknownNameError, "Did you mean 'out'"),
        ({"data": "digits"}, UnknownNameError, "Did you mean 'dataset'"),
        ({"verbose": False}, UnknownNameError, "Did you mean 'progress'"),
        ({"batch_size": 64}, UnknownNameError, "Did you mean 'batch'"),
        ({"learning_rate": 1e-3}, UnknownNameError, "Did you mean 'lr'"),
        ({"epochs": 0}, ConfigError, "Setting 'epochs'"),
        ({"options": {"shift": -1}}, ConfigError, "Setting 'shift'"),
        ({"backbone": "vgg99"}, UnknownNameError, "no backbone 'vgg99'"),
        ({"backbone_options": {"bas": 3}}, ConfigError, "Backbone 'unet' with .*bas"),
        ({"device": "cuda:77"}, ConfigError, "Expected a device this machine has"),
        ({"source": "/none"}, UnknownNameError, "name a folder of IDX files"),
        ({"metrics": {"wheel/x": Accuracy()}}, UnknownNameError, "HEAD/METRIC"),
    ],
    ids=str,
)
def test_what_cannot_be_trained_is_refused_and_leaves_nothing(
    few_digits: Path, tmp_path: Path, asked: dict, error: type[TriptychError], words: str
):
    with pytest.raises(error, match=words) as told:
        given = {**SMALL, "source": str(few_digits), "out": tmp_path / "run", **asked}
        multitask.train("circled-digits", **given)
    assert "\n" not in str(told.value)
    assert not (tmp_path / "run").exists()


def test_a_run_is_never_trained_over(few_digits: Path, trained_run: Path):
    before = (trained_run / WEIGHTS).read_bytes()
    with pytest.raises(ConfigError, match="holds a run already"):
        small(few_digits, trained_run)
    assert (trained_run / WEIGHTS).read_bytes() == before
