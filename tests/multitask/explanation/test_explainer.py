"""Explanations of any images, through the one door."""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from triptych.frame.errors import (
    ConfigError,
    ImageError,
    MissingDependencyError,
    UnknownNameError,
)
from triptych.multitask import Explainer
from triptych.multitask.explanation.methods import METHODS
from triptych.multitask.model.multitask_model import MultitaskModel


def test_every_kind_of_head_is_explained_by_every_method(build: Callable[..., MultitaskModel]):
    heads = ("label", "box", "circle", "mask", "semantic", "boxes", "circles")
    explainer = Explainer(build(*heads), device="cpu")
    chance = np.random.default_rng(0)
    (one,) = explainer.explain(chance.integers(0, 256, (40, 30, 3), dtype=np.uint8))
    assert one.canvas.shape == (32, 48, 3) and sorted(one.heads) == sorted(heads)
    for name, told in one.heads.items():
        assert [*told.heat] == [*METHODS]
        for method, heat in told.heat.items():
            assert heat.shape == (32, 48) and np.isfinite(heat).all(), (name, method)
        assert told.heat["integrated-gradients"].any()
        assert (told.heat["grad-cam"] >= 0).all()
    json.dumps(one.to_dict())
    sheet = explainer.draw([one], "why")
    assert sheet.shape[0] > len(heads) * 160 and sheet.shape[2] == 3


def test_an_image_is_explained_alike_alone_and_among_others(build: Callable[..., MultitaskModel]):
    explainer = Explainer(build("label", "box"), device="cpu", methods=["integrated-gradients"])
    images = torch.rand(5, 3, 32, 48)
    together, alone = explainer.explain_batch(images), explainer.explain_batch(images[2:3])[0]
    for name, one in alone.items():
        heat = together[2][name].heat["integrated-gradients"]
        np.testing.assert_allclose(
            heat, one.heat["integrated-gradients"], atol=1e-4 * np.abs(heat).max()
        )


def test_a_class_is_explained_by_the_heads_that_tell_it(build: Callable[..., MultitaskModel]):
    model = build("label", "semantic", "box", "boxes")
    explainer = Explainer(model, class_name="dog", methods=["grad-cam"], device="cpu")
    assert sorted(explainer.heads) == ["boxes", "label", "semantic"]
    (one,) = explainer.explain(np.zeros((32, 48, 3), np.uint8))
    assert one.heads["label"].about == "dog" and one.heads["label"].to_dict()["class"] == "dog"
    with torch.no_grad():
        logits = model(torch.zeros(1, 3, 32, 48))["label"]
    assert one.heads["label"].score == pytest.approx(float(logits[0, 1]), abs=1e-5)
    with pytest.raises(UnknownNameError, match="Did you mean 'dog'"):
        Explainer(model, class_name="dig", device="cpu")
    with pytest.raises(ConfigError, match="Leave --class out"):
        Explainer(model, heads=["box"], class_name="dog", device="cpu")


def test_slips_are_told(build: Callable[..., MultitaskModel], tmp_path: Path):
    with pytest.raises(UnknownNameError, match="no head in this run 'lable'"):
        Explainer(build("label"), heads=["lable"], device="cpu")
    with pytest.raises(UnknownNameError, match="method"):
        Explainer(build("label"), methods=["lime"], device="cpu")
    (tmp_path / "bad.png").write_bytes(b"no picture")
    with pytest.raises(ImageError):
        Explainer(build("label"), device="cpu").explain(tmp_path / "bad.png")


def test_without_captum_the_extra_is_named(
    build: Callable[..., MultitaskModel], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "captum.attr", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'triptych\[explain\]'"):
        Explainer(build("label"), device="cpu")


def test_nothing_written_is_nothing_to_explain(trained_run: Path):
    model = MultitaskModel.load(trained_run)
    written = MultitaskModel(replace(model.info, input="ink"), ["label"])
    explainer = Explainer(written, methods=["grad-cam"], device="cpu")
    assert explainer.explain(np.full((60, 80), 255, np.uint8)) == []
    page = np.full((60, 160), 255, np.uint8)
    for left in (20, 70, 120):
        page[15:45, left : left + 6] = 0
    assert len(explainer.explain(page)) == 3 and len(explainer.explain(page, most=2)) == 2
