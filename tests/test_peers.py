"""What benchmarks beside other programs hand over and judge by."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from benchmarks.courses import RECIPES, row, write_data
from benchmarks.peers import run
from benchmarks.peers.figures import box_iou, circle_iou, figure, mask_iou, pixel_iou

from triptych.multitask.metrics import BinaryIoU, PixelIoU
from triptych.multitask.structures.geometry import box_iou as our_box_iou
from triptych.multitask.structures.geometry import circle_iou as our_circle_iou

CHANCE = np.random.default_rng(0)


def test_overlaps_of_shapes_are_ours() -> None:
    corners = CHANCE.uniform(0, 20, (200, 2, 2)).astype(np.float32)
    boxes = np.concatenate([corners.min(1), corners.max(1)], 1)
    expected = our_box_iou(torch.from_numpy(boxes[:100]), torch.from_numpy(boxes[100:]))
    np.testing.assert_allclose(box_iou(boxes[:100], boxes[100:]), expected, atol=1e-5)
    circles = CHANCE.uniform(3, 15, (200, 3)).astype(np.float32)
    expected = our_circle_iou(torch.from_numpy(circles[:100]), torch.from_numpy(circles[100:]))
    np.testing.assert_allclose(circle_iou(circles[:100], circles[100:]), expected, atol=2e-3)


def test_overlaps_of_masks_and_maps_are_ours() -> None:
    said, truth = CHANCE.random((9, 8, 8)), CHANCE.random((9, 8, 8)) > 0.6
    truth[0], said[0] = False, 0.1  # nothing there, and nothing said
    metric = BinaryIoU()
    metric.update(torch.from_numpy(said).logit(), torch.from_numpy(truth))
    assert abs(mask_iou(said, truth).mean() - float(metric.compute())) < 1e-6
    scores, classes = CHANCE.random((4, 6, 6, 3)), CHANCE.integers(0, 3, (4, 6, 6))
    metric = PixelIoU()
    metric.update(torch.from_numpy(scores).permute(0, 3, 1, 2), torch.from_numpy(classes))
    assert abs(pixel_iou(scores.argmax(-1), classes) - float(metric.compute())) < 1e-6


def test_a_circle_counts_where_the_digit_is_right() -> None:
    circles = np.array([[5.0, 5, 3], [5, 5, 3]])
    said = {"label": np.array([[0.9, 0.1], [0.9, 0.1]]), "circle": circles}
    known = figure("circled-digits", said, {"label": np.array([0, 1]), "circle": circles})
    assert abs(known["circle/iou_when_right"] - 0.5) < 1e-3
    assert known["digit/accuracy"] == 0.5


def test_images_are_handed_over_as_they_are(few_digits: Path, tmp_path: Path) -> None:
    write_data("circled-digits", str(few_digits), tmp_path / "data.npz")
    with np.load(tmp_path / "data.npz") as data:
        images, circles = data["train/images"], data["train/circle"]
        assert images.dtype == np.uint8 and images.shape[1:] == (28, 28, 1)
        assert len(images) == len(circles) == len(data["train/label"])
        assert int(data["classes"]) == 10


def test_a_recipe_that_does_not_arrive_is_told_so() -> None:
    name = "foreground-digits"
    goal, key = RECIPES[name].goal, RECIPES[name].figure
    slow = {"curve": [{"seconds": 60.0, key: goal - 0.1}]}
    told = row(name, [slow], [{"seconds": 4.0, "figure": goal}])
    assert told["Keras reached it"] is False
    assert told["sooner"] == 15.0


def test_a_peer_tells_json_or_why_it_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "__file__", str(tmp_path / "run.py"))
    (tmp_path / "says.py").write_text("import sys; print('talk'); print('[' + sys.argv[1] + ']')")
    (tmp_path / "fails.py").write_text("raise SystemExit('no network')")
    assert run.run_peer(sys.executable, "says.py", 7) == [7]
    with pytest.raises(SystemExit, match=r"(?s)fails\.py failed in .*no network"):
        run.run_peer(sys.executable, "fails.py")
