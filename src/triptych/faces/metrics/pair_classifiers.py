"""Verification as classification: logistic regression on |a − b| of two embeddings."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from jaxtyping import Bool, Float32, Int64

from ...frame.dependencies import requires
from ._classifier_result import NO_FACE_NOTE, ClassifierResult, summarize
from .pairs import Pairs

with requires("Comparing classifiers", "scikit-learn", "triptych[faces]"):
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV, GroupKFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

MAX_TRAIN_PAIRS = 10_000  # pairs at most: 129 weights learn no more from more
C_GRID = (1e-4, 1e-3, 1e-2, 1e-1)  # C, of which the best is chosen
GROUPS = 5  # of people, two of them left out ...
STRANGERS = 10  # ... so that of so many people six are left

Vectors = Float32[np.ndarray, "photos size"]
Split = tuple[Bool[np.ndarray, " pairs"], Bool[np.ndarray, " pairs"]]  # pairs asked, and known


def pair_classifiers(
    vectors: Vectors, pairs: Pairs, *, seed: int = 0
) -> tuple[ClassifierResult, ...]:
    """Logistic regression on |a − b|, trained for each fold on the pairs of all others.

    Where folds share people it is trained a second time, for each pair on pairs of other people:
    128 weights gain from having seen the people they are asked about, as one threshold does not.

    Parameters:
        vectors: of unit length, a row for each photo, NaN where there is no face.
        pairs: with the folds of `evaluate_verification`.
        seed: of what is drawn.

    Returns nothing where there are too few pairs to train on.
    """
    has_face = ~np.isnan(vectors[:, 0])
    both_faces = has_face[pairs.first] & has_face[pairs.second]
    disjoint_identities = pairs.disjoint_by == "pairs" and len(np.unique(pairs.person)) >= STRANGERS
    variants = [("logistic", f"the other {pairs.folds - 1} folds", [*_by_fold(pairs)])]
    if disjoint_identities:
        variants.append(
            ("logistic_strangers", "pairs of other people only", [*_by_people(pairs, seed)])
        )
    results = []
    for name, source, splits in variants:
        if any(len(np.unique(pairs.same[train & both_faces])) < 2 for _, train in splits):
            continue
        correct = np.zeros(len(pairs), np.bool_)
        for test, train in splits:
            correct |= _fit_predict(vectors, pairs, test & both_faces, train & both_faces, seed)
        definition = (
            "share of pairs told rightly by logistic regression on |a − b|, standardised, learnt "
            f"on {source} ({MAX_TRAIN_PAIRS:,} pairs at most, among which its regularisation is "
            f"chosen); the same pairs as accuracy; {NO_FACE_NOTE}"
        )
        results.append(summarize(name, correct, *pairs.identities(), pairs.fold, definition, seed))
    return tuple(results)


def _by_fold(pairs: Pairs) -> Iterator[Split]:
    return ((~rest, rest) for rest in pairs.train_masks())


def _by_people(pairs: Pairs, seed: int) -> Iterator[Split]:
    """Pairs of one or two of five groups of people, and all pairs of none of these people."""
    people = int(pairs.person.max()) + 1
    group = np.random.default_rng([seed, people]).permutation(people) % GROUPS
    first, second = (group[labels] for labels in pairs.identities())
    for first_group in range(GROUPS):
        for second_group in range(first_group, GROUPS):
            lower, upper = np.minimum(first, second), np.maximum(first, second)
            test = (lower == first_group) & (upper == second_group)
            train = ~np.isin(first, [first_group, second_group])
            yield test, train & ~np.isin(second, [first_group, second_group])


def _fit_predict(
    vectors: Vectors,
    pairs: Pairs,
    test: Bool[np.ndarray, " pairs"],
    train: Bool[np.ndarray, " pairs"],
    seed: int,
) -> Bool[np.ndarray, " pairs"]:
    """Which of the pairs asked about are told rightly, after learning from the known ones."""
    correct = np.zeros(len(pairs), np.bool_)
    if test.any():
        rng = np.random.default_rng([seed, int(train.sum())])
        rows = rng.permutation(np.flatnonzero(train))[:MAX_TRAIN_PAIRS]
        model = _logistic(pairs.same[rows], pairs.fold[rows])
        model.fit(_abs_difference(vectors, pairs, rows), pairs.same[rows])
        places = np.flatnonzero(test)
        correct[places] = (
            model.predict(_abs_difference(vectors, pairs, places)) == pairs.same[places]
        )
    return correct


def _logistic(same: Bool[np.ndarray, " learnt"], fold: Int64[np.ndarray, " learnt"]) -> Any:
    """Its regularisation chosen on folds held out, where these hold pairs of both kinds."""
    parts = [*GroupKFold(2).split(fold, groups=fold)] if len(np.unique(fold)) > 1 else []
    model = make_pipeline(StandardScaler(), LogisticRegression(C=C_GRID[1], max_iter=5000))
    if not parts or any(len(np.unique(same[part])) < 2 for split in parts for part in split):
        return model
    return GridSearchCV(model, {"logisticregression__C": C_GRID}, cv=parts)


def _abs_difference(
    vectors: Vectors, pairs: Pairs, rows: Int64[np.ndarray, " chosen"]
) -> Float32[np.ndarray, "chosen size"]:
    return np.abs(vectors[pairs.first[rows]] - vectors[pairs.second[rows]])
