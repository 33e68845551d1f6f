"""Own pictures with any number of objects train from end to end."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from triptych import multitask
from triptych.multitask.model.multitask_model import MultitaskModel
from triptych.multitask.structures.detections import Detections


@pytest.fixture
def crowded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """COCO: pictures without objects, one with 400 of one pixel each, a class with one object."""
    monkeypatch.setenv("TRIPTYCH_CACHE", str(tmp_path / "cache"))
    rng = np.random.default_rng(0)
    folder = tmp_path / "crowded"
    (folder / "images").mkdir(parents=True)
    pictures, objects = [], []
    for number in range(24):
        image = rng.integers(0, 60, (48, 64, 3), dtype=np.uint8)
        count = 0 if number % 4 == 0 else 400 if number == 7 else int(rng.integers(1, 4))
        for row in range(count):
            width, height = (1, 1) if number == 7 else rng.integers(6, 16, 2).tolist()
            x, y = int(rng.integers(0, 64 - width)), int(rng.integers(0, 48 - height))
            image[y : y + height, x : x + width] = 220
            objects.append(
                {
                    "id": len(objects) + 1,
                    "image_id": number + 1,
                    "category_id": 2 if (number, row) == (3, 0) else 1,
                    "bbox": [x, y, width, height],
                    "iscrowd": 0,
                }
            )
        cv2.imwrite(str(folder / "images" / f"{number}.png"), image)
        pictures.append({"id": number + 1, "file_name": f"{number}.png", "width": 64, "height": 48})
    classes = [{"id": 1, "name": "square"}, {"id": 2, "name": "rare"}]
    everything = {"images": pictures, "annotations": objects, "categories": classes}
    (folder / "annotations.json").write_text(json.dumps(everything))
    return folder


@pytest.mark.filterwarnings("ignore::triptych.multitask.data.source.DataNotice")
def test_pictures_with_none_with_many_and_with_tiny_objects_train(crowded: Path, tmp_path: Path):
    result = multitask.train(
        crowded,
        out=tmp_path / "run",
        backbone="unet",
        options={"round_objects": True},
        epochs=1,
        batch=8,
        device="cpu",
        precision="fp32",
    )
    assert result.model.head_names == ("boxes", "circles")
    metrics = result.evaluation.metrics
    assert {"boxes/ap50", "boxes/ap50_95", "circles/ap50", "boxes/counting_error"} <= {*metrics}
    assert all(np.isfinite(value) for value in metrics.values())
    thresholds = result.model.heads["boxes"].get_buffer("score_thresholds").tolist()
    saved = MultitaskModel.load(tmp_path / "run").heads["boxes"]
    assert saved.get_buffer("score_thresholds").tolist() == thresholds
    loaded = multitask.load(tmp_path / "run")
    answer = loaded.predict(crowded / "images" / "7.png").annotations["boxes"]
    assert isinstance(answer, Detections)
    for one in answer.objects:
        assert 0 <= one.score <= 1 and one.name in ("square", "rare")
