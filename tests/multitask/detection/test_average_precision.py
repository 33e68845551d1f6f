"""The same figures as pycocotools gives of the same objects."""

import contextlib
import io
from typing import Any

import numpy as np
import pytest
import torch

from triptych.multitask.detection.average_precision import average_precision
from triptych.multitask.detection.detection_metric import DetectionMetric
from triptych.multitask.detection.matching import FoundObjects
from triptych.multitask.heads.boxes import BoxesHead
from triptych.multitask.structures.object_rows import ObjectRows

IMAGES, OBJECTS, CLASSES = 12, 9, 3


def random_truth(rng: np.random.Generator) -> ObjectRows:
    corner = rng.uniform(0, 60, (IMAGES, OBJECTS, 2))
    boxes = np.concatenate([corner, corner + rng.uniform(6, 40, (IMAGES, OBJECTS, 2))], 2)
    classes = rng.integers(0, CLASSES, (IMAGES, OBJECTS))
    classes[rng.random((IMAGES, OBJECTS)) < 0.25] = -1
    counts = rng.random((IMAGES, OBJECTS)) < 0.85
    return ObjectRows(
        torch.tensor(boxes, dtype=torch.float32), torch.tensor(classes), torch.tensor(counts)
    )


def random_answers(truth: ObjectRows, rng: np.random.Generator) -> FoundObjects:
    """Boxes near the true ones, doubles of some, and some that are nowhere."""
    boxes = np.concatenate([truth.shapes.numpy()] * 2, 1)
    boxes = boxes + rng.normal(0, 3, boxes.shape)
    boxes[..., 2:] = np.maximum(boxes[..., 2:], boxes[..., :2] + 1)
    classes = np.concatenate([truth.classes.numpy()] * 2, 1)
    classes = np.where(classes < 0, 0, classes)
    scores = rng.permutation(np.linspace(0.05, 1, classes.size)).reshape(classes.shape)
    order = np.argsort(-scores, axis=1)
    boxes = np.take_along_axis(boxes, order[..., None], 1)
    classes, scores = (np.take_along_axis(one, order, 1) for one in (classes, scores))
    return FoundObjects(
        torch.tensor(boxes, dtype=torch.float32),
        torch.tensor(classes),
        torch.tensor(scores, dtype=torch.float32),
    )


def coco_figures(truth: ObjectRows, found: FoundObjects) -> tuple[float, float]:
    """AP50–95 and AP50 of pycocotools."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    annotations, answers = [], []
    for image in range(IMAGES):
        for row in range(OBJECTS):
            if truth.classes[image, row] >= 0:
                left, top, right, bottom = truth.shapes[image, row].tolist()
                annotations.append(
                    {
                        "id": len(annotations) + 1,
                        "image_id": image + 1,
                        "category_id": int(truth.classes[image, row]) + 1,
                        "bbox": [left, top, right - left, bottom - top],
                        "area": (right - left) * (bottom - top),
                        "iscrowd": int(not truth.counts[image, row]),
                    }
                )
        for row in range(found.classes.shape[1]):
            left, top, right, bottom = found.shapes[image, row].tolist()
            answers.append(
                {
                    "image_id": image + 1,
                    "category_id": int(found.classes[image, row]) + 1,
                    "bbox": [left, top, right - left, bottom - top],
                    "score": float(found.scores[image, row]),
                }
            )
    with contextlib.redirect_stdout(io.StringIO()):
        coco: Any = COCO()
        coco.dataset = {
            "images": [{"id": image + 1, "width": 100, "height": 100} for image in range(IMAGES)],
            "categories": [{"id": one + 1, "name": str(one)} for one in range(CLASSES)],
            "annotations": annotations,
        }
        coco.createIndex()
        evaluation = COCOeval(coco, coco.loadRes(answers), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return float(evaluation.stats[0]), float(evaluation.stats[1])


@pytest.mark.parametrize("seed", range(4))
def test_boxes_have_the_figures_of_pycocotools(seed: int):
    pytest.importorskip("pycocotools")
    rng = np.random.default_rng(seed)
    truth = random_truth(rng)
    found = random_answers(truth, rng)
    metric = DetectionMetric(
        [str(one) for one in range(CLASSES)],
        BoxesHead.geometry,
        detect=lambda output: FoundObjects(
            *(part[:, : output.shape[1]] for part in vars(found).values())
        ),
        is_sure=lambda found: found.scores > 0.5,
        shape="boxes",
    )
    metric.update(found.shapes, truth.to_tensor())
    metric.compute()
    every, half = coco_figures(truth, found)
    assert float(metric.latest["ap50_95"]) == pytest.approx(every, abs=1e-5)
    assert float(metric.latest["ap50"]) == pytest.approx(half, abs=1e-5)


def test_one_wrong_object_before_the_right_one_halves_the_precision():
    scores = torch.tensor([0.9, 0.8])
    right = torch.tensor([[False], [True]])
    none = torch.zeros_like(right)
    assert average_precision(scores, right, none, 1).tolist() == [0.5]
    assert average_precision(scores, right, ~right, 1).tolist() == [1.0]


def test_nothing_found_has_no_precision():
    empty = torch.zeros(0, 1, dtype=torch.bool)
    assert average_precision(torch.zeros(0), empty, empty, 3).tolist() == [0.0]
