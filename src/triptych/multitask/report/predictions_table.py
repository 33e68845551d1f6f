"""A row for each image, as Parquet: what was true, what was said, how well, how strange."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy import ndarray

from ...frame.storage.files import atomic_write
from ..heads._regression import RegressionHead
from .estimation.reliability import softmax
from .measurement import Measurement
from .object_observation import DetectionObservation
from .observation import ClassObservation, Observation, ShapeObservation

TABLE = "predictions.parquet"
NUMBERS = {4: ("left", "top", "right", "bottom"), 3: ("x", "y", "radius")}


def predictions_table(seen: Measurement) -> pa.Table:
    """The table: image, file and group where there are any, novelty, and the columns of each head.

    Parameters:
        seen: the run, measured.

    | columns of a head | |
    |---|---|
    | HEAD/score | 1 where all is right; null without the target |
    | HEAD/answer, HEAD/truth | names of classes; counts of objects as JSON; areas of masks |
    | HEAD/probability | of the answer |
    | HEAD/answer/left … , HEAD/truth/left … | of boxes and circles, in pixels of the canvas |
    """
    columns: dict[str, Any] = {"image": pa.array(np.arange(seen.count))}
    if len(seen.files):
        columns["file"] = pa.array(seen.files)
    if seen.grouped:
        columns["group"] = pa.array(seen.groups)
    columns["novelty"] = pa.array(seen.novelty)
    for name, observation in seen.observations.items():
        columns[f"{name}/score"] = _known(seen.scores[name])
        columns |= {f"{name}/{key}": column for key, column in _columns(observation).items()}
    facts = {"split": seen.evaluation.split, "fingerprint": str(seen.record["data"])}
    return pa.table(columns).replace_schema_metadata(facts)


def write_predictions(seen: Measurement, path: Path) -> None:
    """Write the table, whole or not at all.

    Parameters:
        seen: the run, measured.
        path: of the Parquet file.

    Raises WriteError.
    """
    table = predictions_table(seen)
    with atomic_write(path) as part:
        pq.write_table(table, part, compression="zstd")


def _columns(seen: Observation) -> dict[str, pa.Array]:
    match seen:
        case ClassObservation():
            return _class_columns(seen)
        case ShapeObservation() if seen.outputs is not None and seen.targets is not None:
            if not isinstance(seen.head, RegressionHead):
                pairs = {"answer": seen.outputs, "truth": seen.targets}
                return {name: _known(rows[:, 0]) for name, rows in pairs.items()}
            names = NUMBERS.get(seen.outputs.shape[1], ())
            return {
                f"{whose}/{name}": _known(rows[:, number])
                for whose, rows in (("answer", seen.outputs), ("truth", seen.targets))
                for number, name in enumerate(names)
            }
        case DetectionObservation():
            pairs = {"answer": seen.told, "truth": seen.there}
            return {name: _counts(seen, counts) for name, counts in pairs.items()}
    return {}


def _class_columns(seen: ClassObservation) -> dict[str, pa.Array]:
    names, missing = np.array([*seen.names, ""], object), ~seen.present
    logits = np.where(seen.present[:, None], seen.logits, 0)
    sure = softmax(logits, seen.temperature).max(1)
    return {
        "answer": pa.array(names[seen.answers], pa.string(), mask=missing),
        "truth": pa.array(names[seen.truth], pa.string(), mask=missing),
        "probability": pa.array(sure, mask=missing),
    }


def _counts(seen: DetectionObservation, counts: ndarray) -> pa.Array:
    rows = [
        json.dumps({seen.names[n]: int(row[n]) for n in np.flatnonzero(row)}, ensure_ascii=False)
        for row in counts
    ]
    return pa.array(rows, pa.string(), mask=~seen.present)


def _known(values: ndarray) -> pa.Array:
    return pa.array(values, mask=~np.isfinite(values))
