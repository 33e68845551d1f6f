"""Facts of a gallery, and vectors as bytes."""

import numpy as np
import pytest
from sqlalchemy import create_engine, inspect

from triptych.faces.gallery.schema import (
    FORMAT,
    GalleryState,
    batched,
    changed,
    decode_vectors,
    state,
)
from triptych.faces.gallery.tables import FACTS, build_metadata
from triptych.frame.errors import GalleryError

STATE = GalleryState(FORMAT, "abc", "test", 4, 7, 2, "")


def test_facts_are_read_back():
    engine = create_engine("sqlite://")
    build_metadata(4).create_all(engine)
    assert set(inspect(engine).get_table_names()) == {
        "triptych_facts",
        "triptych_people",
        "triptych_recipes",
        "triptych_faces",
    }
    with engine.begin() as connection:
        connection.execute(FACTS.insert(), STATE.facts())
        assert state(connection, "people.db") == STATE
        assert not changed(connection, STATE)
        connection.execute(FACTS.update().where(FACTS.c.name == "changes").values(value="8"))
        assert changed(connection, STATE)
        connection.execute(FACTS.update().where(FACTS.c.name == "format").values(value="99"))
        with pytest.raises(GalleryError, match=r"people\.db was written by a newer"):
            state(connection, "people.db")
        connection.execute(FACTS.delete())
        with pytest.raises(GalleryError, match="it lacks facts"):
            state(connection, "people.db")
    engine.dispose()


def test_vectors_are_little_endian_float32_or_numbers():
    vectors = np.eye(4, dtype=np.float32)[:2]
    packed = [vectors[0].astype("<f4").tobytes(), vectors[1].tolist()]
    assert (decode_vectors(packed, 4, "g") == vectors).all()
    assert decode_vectors([], 4, "g").shape == (0, 4)
    for damaged in ([b"\0" * 12], [b"\0" * 16], [[2.0, 0, 0, 0]]):
        with pytest.raises(GalleryError, match="holds vectors that are none"):
            decode_vectors(damaged, 4, "g")


def test_batches_hold_all_values_in_order():
    assert list(batched(range(7), 3)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert list(batched([], 3)) == []
