"""Verification on pairs, worked by hand."""

from pathlib import Path

import numpy as np

from triptych.faces.embeddings import Embeddings
from triptych.faces.photos.identity_folder import ImageFile
from triptych.faces.report.verification_section import vectors_for_photos

from .test_hard_pairs import COMPARED


def test_rates_at_the_calibrated_threshold_count_faceless_pairs_as_errors():
    figures = COMPARED.metrics()
    # of the 16 different pairs: 3 of photos 0, 1, 2 with b/3, and 4 with the faceless one
    assert figures["far_at_threshold"] == (3 + 4) / 16
    # of the 12 same pairs, 0-1, 0-2, 1-2 and b/0-b/1 are accepted
    assert figures["frr_at_threshold"] == (12 - 4) / 12
    assert figures.keys() == COMPARED.definitions().keys()
    assert all(COMPARED.definitions().values())


def test_the_thresholds_are_the_mean_of_the_folds_and_the_calibrated_one():
    assert COMPARED.thresholds == {
        "most accurate": np.mean(COMPARED.verification.thresholds),
        "calibrated": 0.3,
    }


def test_the_json_counts_pairs_and_errors():
    told = COMPARED.to_dict()
    assert (told["same"], told["different"], told["without_a_face"]) == (12, 16, 7)
    assert told["folds_share_no"] == "pair" and told["source"] == "by hand"
    assert told["false_accepts"] == COMPARED.errors.num_false_accepts
    assert told["worst_false_rejects"][0].keys() == {"first", "second", "distance", "threshold"}


def test_each_photo_has_its_first_vector_or_none():
    photos = [ImageFile(name, "p", Path()) for name in ("p/1", "p/2", "p/3")]
    vectors = np.eye(3, dtype=np.float32)
    rows = Embeddings(vectors, ("p/3", "p/1", "p/3"), ("p",) * 3, "e")
    found = vectors_for_photos(photos, rows)
    assert (found[0] == vectors[1]).all() and (found[2] == vectors[0]).all()
    assert np.isnan(found[1]).all()
