"""The nearest people, from candidates that are proposed."""

import numpy as np
import pytest

from triptych.faces.gallery import matches
from triptych.faces.gallery.matches import Match, nearest_people
from triptych.faces.gallery.schema import EnrolledPhoto, GalleryState

STATE = GalleryState(1, "g", "test", 2, 0, 0, "")


def on_circle(degrees: float) -> np.ndarray:
    return np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))], np.float32)


PEOPLE = {
    1: EnrolledPhoto("Ada", "Ada/1", on_circle(0)),
    2: EnrolledPhoto("Ada", "Ada/2", on_circle(5)),
    3: EnrolledPhoto("Bo", "Bo/1", on_circle(40)),
    4: EnrolledPhoto("Cy", "Cy/1", on_circle(180)),
}


class Nearest:
    """Proposes the nearest ids, and remembers how many it was asked for."""

    def __init__(self):
        self.counts: list[int] = []
        self.compared = 0

    def candidates(self, connection, state, vectors, count):
        self.counts.append(count)
        found = np.full((len(vectors), count), -1, np.int64)
        for row, query in zip(found, vectors):
            order = sorted(PEOPLE, key=lambda i: -float(PEOPLE[i].vector @ query))[:count]
            row[: len(order)] = order
        return found

    def nearest_by_person(self, connection, state, vectors, top):
        self.compared += len(vectors)
        return self.candidates(connection, state, vectors, len(PEOPLE))


@pytest.fixture(autouse=True)
def in_memory(monkeypatch: pytest.MonkeyPatch):
    def fetch(connection, ids, state, name):
        return {i: PEOPLE[i] for i in ids}

    monkeypatch.setattr(matches, "fetch_photos", fetch)
    monkeypatch.setattr(matches, "count_rows", lambda connection, table, tenant: 3)
    monkeypatch.setattr(matches, "MIN_CANDIDATES", 1)
    monkeypatch.setattr(matches, "CANDIDATES_EACH", 1)


def ask(search: Nearest, *degrees: float, top: int) -> list[list[Match]]:
    queries = np.stack([on_circle(each) for each in degrees])
    plain = nearest_people.__wrapped__ if hasattr(nearest_people, "__wrapped__") else nearest_people
    return plain(None, search, STATE, queries, top, "people.db")


def test_each_person_comes_once_with_the_nearest_photo():
    ((ada, bo),) = ask(Nearest(), 4.0, top=2)
    assert (ada.person, ada.photo, bo.person) == ("Ada", "Ada/2", "Bo")
    assert ada.distance == pytest.approx(2 * np.sin(np.radians(0.5)), abs=1e-6)


def test_more_candidates_are_asked_for_until_there_are_people_enough():
    search = Nearest()
    near, far = ask(search, 2.0, 180.0, top=3)
    assert [match.person for match in near] == ["Ada", "Bo", "Cy"]
    assert [match.person for match in far] == ["Cy", "Bo", "Ada"]
    assert search.counts[0] == 3 and len(search.counts) == 2


def test_every_photo_is_compared_where_one_person_has_very_many(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(matches, "MAX_CANDIDATES", 2)
    search = Nearest()
    near, far = ask(search, 2.0, 40.0, top=2)
    assert [match.person for match in near] == ["Ada", "Bo"]
    assert [match.person for match in far] == ["Bo", "Ada"]
    assert search.counts == [2, 4] and search.compared == 1


def test_fewer_people_than_asked_for_are_all_there_are():
    search = Nearest()
    (answer,) = ask(search, 0.0, top=9)
    assert search.counts == [9] and not search.compared
    assert [match.person for match in answer] == ["Ada", "Bo", "Cy"]
