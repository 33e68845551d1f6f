"""What is written to a gallery, and what is refused before."""

import numpy as np
import pytest
from sqlalchemy import create_engine

from triptych.faces.embeddings import Embeddings
from triptych.faces.gallery import writes
from triptych.faces.gallery.schema import FORMAT, GalleryState, state
from triptych.faces.gallery.tables import FACTS, build_metadata
from triptych.faces.gallery.enrollment.plan import WriteCounts
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


def test_photos_are_added_known_and_moved(connection):
    assert writes.enroll(connection, rows("Ada", "Bo"), ["a", "b"]) == WriteCounts(2, 0, 0)
    assert writes.enroll(connection, rows("Ada", "Cy"), ["a", "b"]) == WriteCounts(0, 1, 1)
    assert writes.enrolled_people(connection, ["a", "b", "c"]) == {"a": "Ada", "b": "Cy"}
    assert state(connection, "g").changes == 2


def test_a_person_without_photos_is_gone(connection):
    writes.enroll(connection, rows("Ada", "Ada"), ["a", "b"])
    assert writes.remove(connection, "Ada/0") == 1
    assert writes.remove(connection, "Ada") == 1
    with pytest.raises(DataError, match="no person and no photo 'Ada'"):
        writes.remove(connection, "Ada")
    assert state(connection, "g").removals == 2


def test_counts_are_added():
    assert WriteCounts(1, 2, 3) + WriteCounts(4, 5, 6) == WriteCounts(5, 7, 9)


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
