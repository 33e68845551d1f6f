"""The benchmarks measure something; how much is not for tests to say."""

from pathlib import Path

import numpy as np
from benchmarks.gallery import Faces, gallery
from benchmarks.machine import machine
from benchmarks.overhead import overhead
from benchmarks.speed import speed
from benchmarks.style import style
from torch import Tensor

from triptych.style.objective import Judgement, Scene


def test_the_parts_of_a_step_add_up_to_less_than_the_step(few_digits: Path) -> None:
    (row,) = overhead(["circled-digits"], str(few_digits), 2)
    parts = [row[f"{part} ms"] for part in ("forward", "loss", "backward", "optimizer")]
    assert all(part > 0 for part in parts)
    assert abs(sum(parts) + row["outside ms"] - row["step ms"]) < 0.05  # each is rounded
    assert 0 < row["outside share"] < 1


def test_training_and_prediction_are_timed_beside_a_bare_loop(few_digits: Path) -> None:
    rows = speed(["circled-digits"], str(few_digits), 1, 1)
    assert [row["work"] for row in rows] == ["train", "predict"]
    assert all(row["ratio"] > 0 for row in rows)


def test_made_up_faces_resemble_real_ones() -> None:
    faces = Faces()
    people = faces.people(300)
    first, second = (faces.photos(people).astype(float) for _ in range(2))
    squares = 2 - 2 * first @ second.T
    same = np.eye(300, dtype=bool)
    np.testing.assert_allclose(np.linalg.norm(first, axis=1), 1, atol=1e-5)
    assert abs(squares[same].mean() - 0.74) < 0.05 and abs(squares[same].std() - 0.22) < 0.05
    assert abs(squares[~same].mean() - 1.87) < 0.02 and abs(squares[~same].std() - 0.22) < 0.03


def test_a_gallery_is_timed_beside_a_scan() -> None:
    single, batch = gallery(2000, 1, asked=80)
    assert single["recall@1 enrolled"] == 1 and single["recall@1 strangers"] == 1
    assert all(row["gallery queries/s"] > 0 and row["index MB"] == 0 for row in (single, batch))


def test_the_machine_is_told() -> None:
    assert machine()["cores"] >= 1


def test_coarse_to_fine_is_timed_beside_one_scale() -> None:
    class Blank:
        name = "blank"

        def smallest(self) -> int:
            return 1

        def objective(self, scene: Scene) -> "Blank":
            return self

        def judge(self, picture: Tensor) -> Judgement:
            return Judgement(float((picture**2).sum()), {}, 2 * picture)

    rows = style("", size=24, single=3, method=Blank())
    assert [row["way"] for row in rows] == ["one scale", "coarse to fine"]
    assert all(row["as low after s"] is not None for row in rows)
