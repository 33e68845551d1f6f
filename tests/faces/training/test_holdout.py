"""Figures on people never seen, worked by hand, and whom the sheet shows."""

import numpy as np
import torch

from triptych.faces.embeddings import Embeddings
from triptych.faces.photos.crop_dataset import CropDataset
from triptych.faces.training.holdout import (
    evaluate_holdout,
    hardest_queries,
    nearest_neighbor_sheet,
    try_calibrate,
)


def album(*people: int) -> CropDataset:
    names = tuple(f"p{number}" for number in range(max(people) + 1))
    images = torch.arange(len(people), dtype=torch.uint8)[:, None, None, None] * 9
    photos = tuple(f"{person}/{place}" for place, person in enumerate(people))
    return CropDataset(images.expand(-1, 1, 8, 6).contiguous(), torch.tensor(people), names, photos)


def circle(*degrees: float) -> np.ndarray:
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32)


def test_people_far_apart_are_told_without_an_error():
    people = [person for person in range(6) for _ in range(4)]
    exact = circle(*(60 * person + place for place, person in enumerate(people)))
    exam = evaluate_holdout(exact, album(*people), seed=0)
    assert exam.metrics["verification/accuracy"] == 1
    assert exam.metrics["verification/eer"] == exam.metrics["verification/eer_all_pairs"] == 0
    assert exam.metrics["identification/rank1"] == 1
    assert exam.metrics.keys() == exam.definitions.keys()
    assert exam.to_dict()["people"] == 6 and exam.to_dict()["images"] == 24


def test_what_so_few_photos_do_not_allow_is_left_out():
    exam = evaluate_holdout(circle(0, 10, 180, 190), album(0, 0, 1, 1), seed=0)
    assert "verification/accuracy" not in exam.metrics
    assert exam.metrics["verification/eer_all_pairs"] == 0


def test_the_worst_photo_of_each_person_comes_worst_person_first():
    # 50 lies 10 from a stranger and 130 from its friend, 40 lies 10 and 40, 276 lies 84 and 6
    people = np.array([0, 0, 1, 1, 2, 2])
    vectors = circle(0, 40, 50, 180, 270, 276)
    apart = np.linalg.norm(vectors[:, None] - vectors[None], axis=2).astype(np.float32)
    np.fill_diagonal(apart, np.inf)
    assert hardest_queries(apart, people).tolist() == [2, 1, 5]


def test_the_sheet_has_a_row_for_each_person_with_those_nearest():
    small = nearest_neighbor_sheet(circle(0, 40, 50, 180), album(0, 0, 1, 1), "two people")
    large = nearest_neighbor_sheet(
        circle(0, 40, 50, 180, 200, 220), album(0, 0, 1, 1, 2, 2), "three people"
    )
    assert small.ndim == 3 and small.shape[2] == 3
    assert large.shape[0] > 1.3 * small.shape[0]  # three rows, not two
    assert large.shape[1] > 1.3 * small.shape[1]  # a query and five others, not three


def test_a_calibration_is_for_the_strictest_rate_the_people_support():
    chance = np.random.default_rng(0)
    centres = np.repeat(chance.normal(size=(8, 16)), 10, 0)
    vectors = centres + 0.3 * chance.normal(size=centres.shape)
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    people = tuple(f"p{number // 10}" for number in range(80))
    photos = tuple(map(str, range(80)))
    found, said = try_calibrate(Embeddings(vectors, photos, people, "ours"), "made up")
    assert found is not None and said == ()
    assert found.target_far == 1e-2  # 2,800 pairs of two people: ten of them are no thousandth
    assert found.encoder == "ours" and found.source == "made up"


def test_too_few_people_give_no_calibration_but_a_note():
    found, said = try_calibrate(Embeddings(circle(0, 180), ("a", "b"), ("a", "b"), "ours"), "two")
    assert found is None
    assert "2 people" in said[0] and "triptych faces calibrate" in said[0]
