"""What is written to a gallery, and what is refused before."""

import numpy as np
import pytest
from sqlalchemy import create_engine, select

from triptych.faces.embeddings import Embeddings
from triptych.faces.gallery import writes
from triptych.faces.gallery.enrollment.plan import face_rows
from triptych.faces.gallery.enrollment.write import enroll_faces
from triptych.faces.gallery.schema import FORMAT, GalleryState, state
from triptych.faces.gallery.tables import FACTS, PEOPLE, build_metadata
from triptych.frame.errors import DataError


@pytest.fixture
def connection():
    engine = create_engine("sqlite://")
    build_metadata(2).create_all(engine)
    with engine.begin() as opened:
        opened.execute(FACTS.insert(), GalleryState(FORMAT, "g", "test", 2, 0, 0, "").facts())
        yield opened
    engine.dispose()


def rows(*people: str, size: int = 2) -> Embeddings:
    vectors = np.tile(np.eye(size, dtype=np.float32)[:1], (len(people), 1))
    return Embeddings(vectors, tuple(f"{p}/{n}" for n, p in enumerate(people)), people, "test")


def enroll(connection, *people: str) -> None:
    digests = [f"{number}" for number in range(len(people))]
    embeddings = rows(*people)
    faces = face_rows(embeddings, digests, None, None, "move")
    enroll_faces(connection, embeddings, faces)


def test_a_person_without_photos_is_gone(connection):
    enroll(connection, "Ada", "Ada")
    assert writes.remove(connection, "Ada/0") == 1
    assert writes.remove(connection, "Ada") == 1
    with pytest.raises(DataError, match="no person and no photo 'Ada'"):
        writes.remove(connection, "Ada")
    assert state(connection, "g").removals == 2


def test_renewed_rows_count_as_removed(connection):
    enroll(connection, "Ada", "Bo")
    writes.delete_faces(connection, [1, 7], "")
    assert state(connection, "g").removals == 1
    writes.delete_faces(connection, [2], "another tenant")
    assert state(connection, "g").removals == 1
    writes.delete_empty_people(connection, "")
    assert connection.scalars(select(PEOPLE.c.name)).all() == ["Bo"]


@pytest.mark.parametrize(
    ("embeddings", "digests", "reason"),
    [
        (rows("Ada"), [], "Expected a digest for each of 1 photos, got 0"),
        (rows("Ada", size=3), ["a"], "Expected vectors of 2 numbers, got 3"),
        (rows(""), ["a"], "Expected the name of a person"),
        (rows("x" * 2001), ["a"], "has 2001 bytes"),
        (rows("\ud800"), ["a"], "a name that is no text"),
    ],
)
def test_what_no_gallery_takes_is_told(embeddings: Embeddings, digests: list[str], reason: str):
    with pytest.raises(DataError, match=reason):
        writes.check_embeddings(embeddings, digests, 2)
