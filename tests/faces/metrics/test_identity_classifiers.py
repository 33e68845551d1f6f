"""Who is on a photo, by classifiers trained on other photos of the same people."""

import numpy as np

from triptych.faces.metrics.identity_classifiers import identity_classifiers

from .test_pair_classifiers import crowd


def test_people_who_lie_apart_are_identified_by_every_method():
    found = identity_classifiers(*crowd(6, 7, spread=0.05))
    assert [each.name for each in found] == [
        "nearest_photo",
        "nearest_mean",
        "svm_linear",
        "svm_rbf",
    ]
    assert all(each.accuracy == 1 and len(each.folds) == 5 for each in found)
    assert all(each.definition.startswith("share of photos") for each in found)


def test_nobody_is_identified_by_noise():
    for each in identity_classifiers(*crowd(6, 10, spread=1e4)):
        assert each.accuracy < 0.45  # 1/6 by luck


def test_photos_without_a_face_are_not_identified():
    vectors, people = crowd(4, 10, spread=0.05)
    vectors[::10] = np.nan
    assert {each.accuracy for each in identity_classifiers(vectors, people)} == {0.9}


def test_people_with_fewer_faces_than_folds_do_not_take_part():
    vectors, people = crowd(4, 6, spread=0.05)
    vectors[:2] = np.nan  # the first has four faces left
    assert "among 3 by" in identity_classifiers(vectors, people)[0].definition
    vectors[6:20] = np.nan
    assert identity_classifiers(vectors, people) == ()
