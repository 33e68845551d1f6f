"""Faces grouped by person, with names by majority and poor ones left alone."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.cluster import DBSCAN

from triptych.faces.embeddings import Embeddings
from triptych.faces.gallery.gallery import Gallery
from triptych.faces.grouping.cluster import DBSCAN_SHARE, check_method, cluster, cluster_vectors
from triptych.faces.recognition.pipeline import FacePipeline
from triptych.frame.errors import ConfigError, UnknownNameError

from ..calibration.test_calibration import SOME
from ..recognition.colors import (
    GREEN,
    RED,
    FaceColor,
    MeanColor,
    SideBySide,
    plain,
    portrait,
)

GREY = (120, 120, 120)


def shade(color: tuple[int, int, int], step: int) -> np.ndarray:
    return plain(tuple(min(255, value + step) for value in color))  # type: ignore[arg-type]


PHOTOS = [shade(color, step) for step in range(3) for color in (RED, GREEN)] + [plain(GREY)]


def test_who_appears_most_comes_first_and_strangers_are_alone():
    photos = [*PHOTOS, shade(GREEN, 5), plain((20, 20, 20)) * 0]
    result = cluster(photos[:-1], encoder=MeanColor(), threshold=0.2)
    assert [len(each.faces) for each in result.clusters] == [4, 3]
    assert [each.number for each in result.clusters] == [1, 2]
    assert sorted(result.clusters[1].photos) == ["photo 1", "photo 3", "photo 5"]
    assert [each.faces[0].photo for each in result.alone] == ["photo 7"]
    told = result.to_dict()
    assert told["faces"] == 8 and told["threshold"] == 0.2 and told["far"] is None
    assert told["clusters"][0]["photos"] == 4 and told["alone"][0]["photo"] == "photo 7"


def test_the_threshold_is_the_encoders_the_gallerys_or_the_one_given(tmp_path: Path):
    encoder = MeanColor()
    with pytest.raises(ConfigError, match="no threshold"):
        cluster(PHOTOS, encoder=encoder)
    encoder.calibration = replace(SOME, encoder="colors-1", threshold=0.0)
    assert not cluster(PHOTOS[:2], encoder=encoder).clusters
    with Gallery.open(str(tmp_path / "g.db"), encoder=encoder, create=True) as gallery:
        gallery.calibration = replace(SOME, encoder="colors-1", threshold=0.3)
        result = cluster(PHOTOS, encoder=encoder, gallery=gallery)
    assert len(result.clusters) == 2 and result.threshold.far == SOME.target_far


def test_names_are_given_by_majority(tmp_path: Path):
    encoder = MeanColor()
    vectors = encoder.encode(np.stack([plain(RED), plain((120, 121, 120))]))
    with Gallery.open(str(tmp_path / "g.db"), encoder=encoder, create=True) as gallery:
        people = Embeddings(vectors, ("a", "b"), ("Ada", "Gray"), "colors-1")
        gallery.enroll(people, ["0" * 64, "1" * 64])
        result = cluster(PHOTOS, encoder=encoder, gallery=gallery, threshold=0.2)
    green, red = sorted(result.clusters, key=lambda each: each.name or "")
    assert (red.name, red.votes) == ("Ada", 3) and (green.name, green.votes) == (None, 0)
    assert result.alone[0].name == "Gray"


def test_poor_faces_stay_alone_and_the_best_come_first():
    pipeline = FacePipeline(FaceColor(), detector=SideBySide(), faces="all")
    photos = [portrait(RED), portrait(RED, GREEN), portrait(RED)]
    result = cluster(photos, pipeline=pipeline, threshold=0.2, min_quality=0.0)
    (group,) = result.clusters
    assert len(group.faces) == 3 and len(result.alone) == 1 and result.poor == 0
    qualities = [each.to_dict()["quality"] for each in group.faces]
    assert qualities == sorted(qualities, reverse=True)
    strict = cluster(photos, pipeline=pipeline, threshold=0.2, min_quality=0.99)
    assert strict.clusters == () and strict.poor == len(strict.alone) == 4


def test_refused_photos_are_named_and_no_photo_is_no_cluster():
    result = cluster([Path("none.png"), PHOTOS[0]], encoder=MeanColor(), threshold=0.2)
    assert [each.photo for each in result.refused] == ["none.png"] and result.photos == 2
    nothing = cluster([], encoder=MeanColor(), threshold=0.2)
    assert nothing.clusters == nothing.alone == ()


def test_dbscan_is_scikit_learns_with_those_it_calls_noise_alone():
    rng = np.random.default_rng(1)
    vectors = np.repeat(rng.normal(0, 1, (12, 8)), 4, 0) + rng.normal(0, 0.3, (48, 8))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    labels = cluster_vectors(vectors, 0.9, "dbscan")
    theirs = DBSCAN(eps=DBSCAN_SHARE * 0.9, min_samples=2).fit_predict(vectors)
    assert (labels[theirs >= 0] == theirs[theirs >= 0]).all()
    noise = labels[theirs < 0]
    assert len({*noise.tolist()}) == len(noise) and not {*noise} & {*labels[theirs >= 0]}


def test_another_method_is_refused_with_the_nearest():
    with pytest.raises(UnknownNameError, match="dbscan"):
        check_method("hdbscan")
