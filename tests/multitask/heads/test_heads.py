"""The contract of every head, on every dataset that supplies it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from triptych.frame.drawing.annotate import ImageCanvas
from triptych.frame.rng import CounterRNG
from triptych.multitask import DATASETS, HEADS, Annotation, Batch, Dataset, Head
from triptych.multitask.augmentation import AugmentationConfig
from triptych.multitask.augmentation.geometry import random_geometry
from triptych.multitask.datasets import open_dataset
from triptych.multitask.detection.center_maps import center_maps
from triptych.multitask.detection.losses import shape_cells
from triptych.multitask.engine.contact_sheets import to_uint8
from triptych.multitask.heads._detection.detection_head import DetectionHead
from triptych.multitask.model.multitask_model import MultitaskModel
from triptych.multitask.structures.batch import Target
from triptych.multitask.structures.detections import Detections
from triptych.multitask.structures.object_rows import NO_OBJECT, ObjectRows

SUPPLIED = [
    (head, dataset)
    for head, dataset in [
        ("label", "circled-digits"),
        ("label", "emoji"),
        ("attribute", "colored-digits"),
        ("box", "digits"),
        ("box", "emoji"),
        ("circle", "circled-digits"),
        ("circle", "emoji"),
        ("mask", "foreground-digits"),
        ("mask", "emoji"),
        ("semantic", "mosaic-digits"),
        ("semantic", "images"),
        ("boxes", "emoji-crowd"),
        ("boxes", "mosaic-digits"),
        ("circles", "emoji-crowd"),
    ]
]


def test_every_head_and_every_dataset_is_looked_at():
    heads, datasets = zip(*SUPPLIED)
    assert set(heads) == set(HEADS) and set(datasets) == set(DATASETS)


@pytest.fixture(scope="module")
def opened(few_digits: Path, few_pictures: Path) -> Iterator[dict[str, Dataset]]:
    sources = {"emoji": "drawn", "emoji-crowd": "drawn", "images": str(few_pictures)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIPTYCH_CACHE", str(few_pictures.with_name("cache")))
        yield {name: open_dataset(name, sources.get(name, str(few_digits))) for name in DATASETS}


@pytest.fixture(params=SUPPLIED, ids="-".join)
def case(
    request: pytest.FixtureRequest, opened: dict[str, Dataset]
) -> tuple[MultitaskModel, Head, Batch]:
    name, dataset = request.param
    data = opened[dataset]
    torch.manual_seed(0)
    model = MultitaskModel(data.info, [name])
    (head,) = model.heads.values()
    return model, head, data.batch("train", torch.arange(6))


def perfect(head: Head, batch: Batch) -> Tensor:
    """The output that says just what is true."""
    target = head.target(batch)
    if head.target_name in ("label", "attribute", "semantic"):
        classes = len(head.names)
        return F.one_hot(target.clamp(min=0), classes).movedim(-1, 1).float() * 20
    if isinstance(head, DetectionHead):
        return perfect_maps(head, ObjectRows.from_tensor(target), batch)
    return (target.float() - 0.5) * 40 if head.target_name == "mask" else target.float()


def perfect_maps(head: DetectionHead, truth: ObjectRows, batch: Batch) -> Tensor:
    """Maps that are sure of each center, and give each cell the shape of the object around it."""
    rows, columns = (-(-side // head.stride) for side in batch.images.shape[2:])
    output = torch.zeros(len(batch), len(head.names) + head.numbers, rows, columns)
    output[:, : len(head.names)] = -20
    centers, sides = head.centers_and_half_sides(truth.shapes)
    maps = center_maps(
        truth, centers, sides, classes=len(head.names), stride=head.stride, size=(rows, columns)
    )
    output[:, : len(head.names)][maps.heat == 1] = 20
    image, row, column, owner, _ = shape_cells(maps, truth)
    shape = truth.shapes[image, owner]
    middle = torch.stack([column + 0.5, row + 0.5], 1) * head.stride
    if head.numbers == 4:
        raw = (torch.cat([middle - shape[:, :2], shape[:, 2:] - middle], 1) / head.stride).log()
    else:
        offset = (shape[:, :2] - middle) / head.stride
        raw = torch.cat([offset, (shape[:, 2:] / head.stride).log()], 1)
    output[image, len(head.names) :, row, column] = raw
    return output


def objects_of(annotation: Detections) -> list[tuple]:
    """Class and rounded numbers of each object, in an order that does not depend on scores."""
    return sorted(
        (one.name, one.counts, *(round(value, 2) for value in one.shape.to_dict().values()))
        for one in annotation.objects
    )


def same(one: Annotation, other: Annotation) -> bool:
    if isinstance(one, Detections) and isinstance(other, Detections):
        return objects_of(one) == objects_of(other)
    one_json, other_json = one.to_dict(), other.to_dict()
    if "probability" in one_json:
        return one_json["name"] == other_json["name"]
    return type(one) is type(other) and one_json == other_json


def test_what_is_true_is_decoded_scores_1_and_costs_next_to_nothing(
    case: tuple[MultitaskModel, Head, Batch],
):
    _model, head, batch = case
    output = perfect(head, batch)
    told, true = head.decode(output), head.ground_truth(batch)
    assert len(told) == len(true) == len(batch)
    assert all(map(same, told, true))
    for name, metric in head.metrics().items():
        metric.update(output, head.target(batch))
        assert float(metric.compute()) == pytest.approx(1, abs=1e-4), name
    assert 0 <= float(head.loss(output, head.target(batch))) < 1e-2


def test_metrics_are_below_1_for_what_is_not_true(case: tuple[MultitaskModel, Head, Batch]):
    _model, head, batch = case
    turned = perfect(head, batch).roll(1, 0) * 0.9
    for name, metric in head.metrics().items():
        metric.update(turned, head.target(batch))
        assert 0 <= float(metric.compute()) < 0.999, name
        assert isinstance(metric.definition, str)


def test_an_output_becomes_an_answer_to_each_image_and_is_drawn(
    case: tuple[MultitaskModel, Head, Batch],
):
    model, head, batch = case
    with torch.no_grad():
        (output,) = model.eval()(batch.images).values()
    for answers in (head.decode(output), head.ground_truth(batch)):
        assert len(answers) == len(batch)
        for image, answer in zip(batch.images, answers):
            plain, picture = ImageCanvas(to_uint8(image)), ImageCanvas(to_uint8(image))
            head.draw(picture, answer)
            assert picture.pixels.dtype == np.uint8 and picture.pixels.shape[2] == 3
    head.draw(picture, head.ground_truth(batch)[-1])
    assert not np.array_equal(picture.pixels, plain.pixels)


def without_centers_between_cells(head: Head, batch: Batch) -> Batch:
    """The batch without objects on the line between two cells: a mirror takes the other cell."""
    if not isinstance(head, DetectionHead):
        return batch
    values = head.target(batch)
    centers, _ = head.centers_and_half_sides(ObjectRows.from_tensor(values).shapes)
    between = (centers % head.stride == 0).any(2)
    values = torch.where(between[..., None], torch.full_like(values, NO_OBJECT), values)
    return replace(batch, targets={**batch.targets, head.target_name: Target(values)})


def test_the_mean_with_a_mirror_is_the_truth_where_both_say_it(
    case: tuple[MultitaskModel, Head, Batch],
):
    _model, head, batch = case
    batch = without_centers_between_cells(head, batch)
    mirror = AugmentationConfig(level="none", flip=1)
    mirrored = random_geometry(batch, mirror, CounterRNG([0], torch.arange(len(batch))))
    assert torch.allclose(mirrored.images, batch.images.flip(3), atol=1e-2)
    mean = head.average_flipped(perfect(head, batch), perfect(head, mirrored))
    for name, metric in head.metrics().items():
        metric.update(mean, head.target(batch))
        assert float(metric.compute()) == pytest.approx(1, abs=1e-4), name


def test_the_mean_with_a_mirror_mirrors_with_the_images(case: tuple[MultitaskModel, Head, Batch]):
    model, head, batch = case
    with torch.no_grad():
        (mean,) = model.eval().forward_flip_averaged(batch.images).values()
        (mirrored,) = model.forward_flip_averaged(batch.images.flip(3)).values()
        (plain,) = model(batch.images).values()
    assert torch.allclose(head.average_flipped(mean, mirrored), mean, atol=1e-3)
    assert not torch.allclose(mean, plain, atol=1e-4)


def test_the_loss_falls_and_every_parameter_learns(case: tuple[MultitaskModel, Head, Batch]):
    model, head, batch = case
    if batch.images.shape[2] > 100:
        batch = batch.select(torch.arange(3))
    optimizer = torch.optim.AdamW(model.train().parameters(), lr=3e-3)
    losses = []
    for _ in range(12):
        optimizer.zero_grad()
        (output,) = model(batch.images).values()
        loss = head.loss(output.float(), head.target(batch))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert all(np.isfinite(losses)) and min(losses[-3:]) < 0.99 * losses[0]
    for name, parameter in head.named_parameters():
        assert parameter.grad is not None and parameter.grad.isfinite().all(), name


def test_a_loss_of_wild_outputs_is_finite_and_has_slopes(case: tuple[MultitaskModel, Head, Batch]):
    _model, head, batch = case
    for scale in (0.0, 1.0, 1e3, -1e3):
        output = (torch.randn_like(perfect(head, batch)) * scale).requires_grad_()
        loss = head.loss(output, head.target(batch))
        loss.backward()
        assert loss.isfinite() and output.grad is not None and output.grad.isfinite().all()


def test_what_is_explained_is_more_of_the_answer_than_an_empty_image_is(
    case: tuple[MultitaskModel, Head, Batch],
):
    model, head, batch = case
    model.eval()
    output = head(model.backbone(batch.images)).float()
    answer = output.detach()
    with torch.no_grad():
        empty = head(model.backbone(torch.zeros_like(batch.images))).float()
    score = head.explained_score(output, answer, empty)
    assert score.shape == (len(batch),) and score.isfinite().all()
    (gradient,) = torch.autograd.grad(score.sum(), output)
    assert gradient.isfinite().all() and gradient.flatten(1).any(1).all()
    names = getattr(head, "names", ())
    for name in names[-1:]:
        of_class = head.explained_score(output, answer, empty, name)
        assert of_class.shape == (len(batch),) and of_class.isfinite().all()
