"""The tables of a gallery."""

import pytest
from sqlalchemy import create_engine, exc, insert
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex

from triptych.faces.gallery.tables import FACES, PEOPLE, build_metadata

FACE = {"tenant": "", "digest": "d", "face": 0, "photo": "a.jpg", "vector": b""}


def test_a_face_of_a_photo_is_a_persons_once():
    engine = create_engine("sqlite://")
    build_metadata(2).create_all(engine)
    with engine.begin() as connection:
        for name in ("Ada", "Bo"):
            connection.execute(insert(PEOPLE), {"tenant": "", "name": name})
        for row in ({"person": 1}, {"person": 2}, {"person": 1, "face": 1}):
            connection.execute(insert(FACES), FACE | row)
        with pytest.raises(exc.IntegrityError):
            connection.execute(insert(FACES), FACE | {"person": 2})
    engine.dispose()


@pytest.mark.parametrize(("dim", "indexes"), [(128, 1), (4001, 0)])
def test_vectors_that_pgvector_can_index_have_an_index(dim: int, indexes: int):
    faces = build_metadata(dim, "postgresql").tables["triptych_faces"]
    made = [str(CreateIndex(i).compile(dialect=postgresql.dialect())) for i in faces.indexes]
    assert sum(f"(vector::halfvec({dim})) halfvec_l2_ops" in text for text in made) == indexes
