"""Identification as classification: SVMs over identities, compared with distances."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from jaxtyping import Bool, Float32, Int64

from ...frame.dependencies import requires
from ._classifier_result import NO_FACE_NOTE, ClassifierResult, summarize

with requires("Comparing classifiers", "scikit-learn", "triptych[faces]"):
    from sklearn.model_selection import GridSearchCV, StratifiedKFold
    from sklearn.neighbors import KNeighborsClassifier, NearestCentroid
    from sklearn.svm import SVC

PEOPLE, PHOTOS = 50, 40  # at most: an SVM compares each person with each other
FOLDS = 5

Vectors = Float32[np.ndarray, "photos size"]


def identity_classifiers(
    vectors: Vectors, identities: Sequence[str], *, folds: int = FOLDS, seed: int = 0
) -> tuple[ClassifierResult, ...]:
    """Who is on a photo, by SVMs and by distance, trained on the same photos: those of all folds
    but the photo's own.

    Only people with as many faces as folds take part, and 50 people with 40 photos each at most. An
    SVM over identities knows the people it was shown, so it is compared where people are known, and
    not on pairs of people nobody has seen.

    Parameters:
        vectors: of unit length, a row for each photo, NaN where there is no face.
        identities: the name of each photo's person.
        folds: parts of the photos.
        seed: of folds, of who takes part, and of the bootstrap.

    Returns nothing where fewer than two people have so many faces.
    """
    names = np.unique(np.array(identities, np.str_), return_inverse=True)[1].astype(np.int64)
    photos = _eligible_photos(
        names, ~np.isnan(vectors[:, 0]), folds, np.random.default_rng([seed, folds])
    )
    if not len(photos):
        return ()
    vectors, person = vectors[photos], names[photos]
    has_face = ~np.isnan(vectors[:, 0])
    fold = _assign_folds(person, has_face, folds, seed)
    return tuple(
        summarize(
            name,
            _identified(make, vectors, person, fold, has_face),
            person,
            person,
            fold,
            f"share of photos whose person is told rightly among {len(np.unique(person))} by "
            f"{what}, learnt on the other {folds - 1} of {folds} folds of photos; {NO_FACE_NOTE}",
            seed,
        )
        for name, what, make in METHODS
    )


def _svm(kernel: str) -> Callable[[], GridSearchCV]:
    return lambda: GridSearchCV(SVC(kernel=kernel), {"C": [1, 10]}, cv=StratifiedKFold(2))


METHODS: tuple[tuple[str, str, Callable[[], Any]], ...] = (
    ("nearest_photo", "the nearest photo", lambda: KNeighborsClassifier(1)),
    ("nearest_mean", "the nearest mean of a person's vectors", NearestCentroid),
    ("svm_linear", "a linear SVM", _svm("linear")),
    ("svm_rbf", "an SVM with a Gaussian kernel", _svm("rbf")),
)


def _eligible_photos(
    person: Int64[np.ndarray, " photos"],
    has_face: Bool[np.ndarray, " photos"],
    folds: int,
    rng: np.random.Generator,
) -> Int64[np.ndarray, " chosen"]:
    """Photos of people with a face for each fold at least; no more than an SVM can bear."""
    counts = np.bincount(person[has_face], minlength=int(person.max()) + 1)
    people = np.flatnonzero(counts >= folds)
    if len(people) < 2:
        return np.empty(0, np.int64)
    people = rng.permutation(people)[:PEOPLE]
    photos_of = [rng.permutation(np.flatnonzero(person == one)) for one in people]
    # a share of those without a face stays as it is, and enough with one are left
    return np.sort(np.concatenate([_limit(each, has_face[each], folds) for each in photos_of]))


def _limit(
    photos: Int64[np.ndarray, " photos"], has_face: Bool[np.ndarray, " photos"], folds: int
) -> Int64[np.ndarray, " some"]:
    first = photos[:PHOTOS]
    return first if has_face[:PHOTOS].sum() >= folds else photos


def _assign_folds(
    person: Int64[np.ndarray, " photos"],
    has_face: Bool[np.ndarray, " photos"],
    folds: int,
    seed: int,
) -> Int64[np.ndarray, " photos"]:
    """Each photo's fold: those with a face by person, the others in turn."""
    fold = np.arange(len(person)) % folds
    parts = StratifiedKFold(folds, shuffle=True, random_state=seed)
    faces = np.flatnonzero(has_face)
    for number, (_, tested) in enumerate(parts.split(faces, person[faces])):
        fold[faces[tested]] = number
    return fold


def _identified(
    make: Callable[[], Any],
    vectors: Vectors,
    person: Int64[np.ndarray, " photos"],
    fold: Int64[np.ndarray, " photos"],
    has_face: Bool[np.ndarray, " photos"],
) -> Bool[np.ndarray, " photos"]:
    correct = np.zeros(len(person), np.bool_)
    for number in range(int(fold.max()) + 1):
        test, train = has_face & (fold == number), has_face & (fold != number)
        model = make().fit(vectors[train], person[train])
        correct[test] = model.predict(vectors[test]) == person[test]
    return correct
