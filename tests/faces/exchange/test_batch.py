import numpy as np
import pytest

from triptych.faces.exchange.batch import plain_batch, unit_vectors, vector_digest
from triptych.frame.errors import DataError


def test_vectors_of_unit_length_stay_and_others_are_divided_by_theirs():
    given = np.array([[0.6, 0.8], [3, 4], [1e-9, 0]])
    vectors, others = unit_vectors(given, "file", 0)
    assert vectors.dtype == np.float32 and others == 2
    assert np.allclose(vectors, [[0.6, 0.8], [0.6, 0.8], [1, 0]], atol=1e-7)


@pytest.mark.parametrize(
    "bad, told", [(np.nan, "not finite"), (np.inf, "not finite"), (0, "zeros")]
)
def test_what_is_no_direction_is_refused_by_its_row(bad: float, told: str):
    with pytest.raises(DataError, match=f"file, row 12: .*{told}"):
        unit_vectors(np.array([[1.0, 0.0], [bad, 0.0]]), "file", 10)


def test_a_face_is_known_by_name_and_vector():
    vector = np.array([0.6, 0.8], np.float32)
    assert vector_digest("a", vector) == vector_digest("a", vector.copy())
    assert (
        len({vector_digest("a", vector), vector_digest("b", vector), vector_digest("a", -vector)})
        == 3
    )
    assert len(vector_digest("\udcff", vector)) == 64


def test_rows_of_which_no_more_is_known_have_all_columns():
    batch = plain_batch(np.zeros((2, 3)), ["a", "b"])
    assert {len(getattr(batch, name)) for name in vars(batch)} == {2}
