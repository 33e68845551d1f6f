"""What is explained of a head: a score, an empty image, a map that the head reads."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from triptych.frame.errors import ConfigError, UnknownNameError
from triptych.multitask.explanation.explained_head import (
    ExplainedHead,
    cancels,
    empty_images,
    map_layers,
)
from triptych.multitask.explanation.grad_cam import grad_cam
from triptych.multitask.model.multitask_model import MultitaskModel


def test_an_empty_image_has_the_median_color_of_the_border():
    images = torch.rand(2, 3, 9, 7, generator=torch.Generator().manual_seed(0))
    images[0, :, [0, -1]] = 0.25
    images[0, :, :, [0, -1]] = 0.25
    empty = empty_images(images)
    assert empty.shape == images.shape
    assert (empty[0] == 0.25).all() and (empty[1] == empty[1, :, :1, :1]).all()


@pytest.mark.parametrize(
    ("head", "reads"), [("label", -1), ("mask", 0), ("semantic", 0), ("circle", 0)]
)
def test_it_finds_the_map_that_a_head_reads(
    build: Callable[..., MultitaskModel], head: str, reads: int
):
    model = build("label", "mask", "semantic", "circle")
    explained = ExplainedHead(model, head, torch.rand(2, 3, 32, 48))
    assert explained.level == reads % len(model.backbone.feature_info)
    # places read by a spatial softmax have gradients that cancel: then the coarsest map is it
    assert (explained.layer is explained.read_map) == (head != "circle")


@pytest.mark.parametrize("heads", [("label", "box"), ("mask", "box"), ("mask", "circle")])
def test_of_heads_that_read_places_another_map_is_taken_on_which_they_depend(
    build: Callable[..., MultitaskModel], heads: tuple[str, str]
):
    model, images = build(*heads), torch.rand(2, 3, 32, 48)
    explained = ExplainedHead(model, heads[1], images)
    assert explained.layer is not explained.read_map
    assert grad_cam(explained, images).any()


def test_the_way_to_an_answer_begins_with_the_empty_image_and_ends_with_the_answer(
    build: Callable[..., MultitaskModel],
):
    model = build("box", "circle")
    images = torch.rand(3, 3, 32, 48)
    for name in model.heads:
        explained = ExplainedHead(model, name, images)
        with torch.no_grad():
            at_answer = explained(images, *explained.references)
            at_empty = explained(explained.empty, *explained.references)
        torch.testing.assert_close(at_answer, torch.ones(3))
        torch.testing.assert_close(at_empty, torch.zeros(3))


def test_what_cancels_is_noticed():
    gradient = torch.rand(1, 2, 4, 4) - 0.5
    assert not cancels(gradient) and not cancels(None)
    assert cancels(gradient - gradient.mean((2, 3), keepdim=True))


def test_layers_with_maps_are_listed_and_others_are_none(build: Callable[..., MultitaskModel]):
    model, images = build("label", "mask"), torch.rand(1, 3, 32, 48)
    layers = map_layers(model, images)
    assert "backbone.down.0" in layers and "heads.mask.classifier" in layers
    assert "heads.label.linear" not in layers and "backbone" not in layers
    assert ExplainedHead(model, "label", images, layer="backbone.down.0").layer is (
        model.get_submodule("backbone.down.0")
    )
    with pytest.raises(UnknownNameError, match=r"Did you mean 'backbone\.down\.0'"):
        ExplainedHead(model, "label", images, layer="backbone.dawn.0")
    with pytest.raises(ConfigError, match="--heads mask"):
        ExplainedHead(model, "label", images, layer="heads.mask.classifier")


class Constant(nn.Module):
    def forward(self, features: list[Tensor]) -> Tensor:
        return torch.zeros(len(features[0]), 3)


def test_a_head_without_gradients_is_refused(colors: MultitaskModel, squares: Tensor):
    head = colors.heads["label"]
    head.forward = Constant().forward  # type: ignore[method-assign]
    with pytest.raises(ConfigError, match="cannot be explained"):
        ExplainedHead(colors, "label", squares)
