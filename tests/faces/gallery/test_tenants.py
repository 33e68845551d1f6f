"""A tenant never sees another's people."""

from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread

import numpy as np
import pytest
from sqlalchemy import text

from triptych.faces.gallery.enrollment.plan import WriteCounts
from triptych.faces.gallery.gallery import Gallery
from triptych.frame.errors import ConfigError, DataError

from .test_gallery import SIZE, photos, units

NAMES = ["", "acme", "ACME", "O'Neill's %s \\ \"x\"", "'); DROP TABLE triptych_faces; --", "李 😀"]


def opened(url: str, tenant: str, large: int = 50_000) -> Gallery:
    options = {"create": True, "wait": 20, "large": large}
    return Gallery.open(url, encoder="test", size=SIZE, tenant=tenant, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("large", [2, 50_000])
def test_each_has_its_own_people_and_photos(url: str, large: int) -> None:
    """The same photos and names, in all of them; with an index and without."""
    people = ["Ada", "Ada", "Bo", "Cy"]
    for number, tenant in enumerate(NAMES):
        with opened(url, tenant, large) as gallery:
            assert gallery.identify(units(1)) == [[]] and gallery.people() == []
            assert gallery.enrolled_as(photos(people)[1]) == {}
            assert gallery.enroll(*photos(people)) == WriteCounts(added=4)
            own = photos([f"only of {number}"], seed=number + 1)
            gallery.enroll(*own)
    for number, tenant in enumerate(NAMES):
        with opened(url, tenant, large) as gallery:
            names = {"Ada", "Bo", "Cy", f"only of {number}"}
            assert {person.name for person in gallery.people()} == names
            assert len(gallery) == 5 and Gallery.info(url, tenant=tenant).photos == 5
            for vector in (units(4), units(1, seed=number + 1), units(1, seed=number + 2)):
                found = gallery.identify(vector, top=99)
                assert all({match.person for match in matches} == names for matches in found)
    with opened(url, "acme", large) as gallery:
        assert gallery.remove("Ada") == 2
        with pytest.raises(DataError, match="no person"):
            gallery.remove("only of 0")
    for tenant in NAMES:
        with opened(url, tenant, large) as gallery:
            assert len(gallery) == (3 if tenant == "acme" else 5)
            named = {match.person for match in gallery.identify(units(1), top=9)[0]}
            assert ("Ada" in named) is (tenant != "acme")


def test_many_photos_of_one_tenant_hide_nobody_of_another(url: str) -> None:
    crowd, digests = photos(["Ada"] * 300)
    with opened(url, "large", large=10) as gallery:
        gallery.enroll(crowd, digests)
        gallery.identify(crowd.vectors[:1])
    with opened(url, "small", large=10) as gallery:
        gallery.enroll(*photos(["Bo"], seed=1))
        found = gallery.identify(crowd.vectors, top=5)
        assert {tuple(match.person for match in matches) for matches in found} == {("Bo",)}


def test_each_has_an_index_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "people.db"
    for tenant in ("", "acme"):
        with opened(str(path), tenant, large=10) as gallery:
            gallery.enroll(*photos([f"person {number}" for number in range(40)]))
            gallery.identify(units(1))
    assert len([*tmp_path.glob("*.faiss")]) == 2
    with opened(str(path), "acme", large=10) as gallery:
        gallery.remove("person 3")
    assert [file.name for file in tmp_path.glob("*.faiss")] == ["people.db.faiss"]


def both_at_once(work: Callable[[int], None]) -> list[BaseException]:
    ready, failed = Barrier(2), []

    def run(number: int) -> None:
        ready.wait()
        try:
            work(number)
        except BaseException as error:
            failed.append(error)

    threads = [Thread(target=run, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


def test_two_writers_begin_a_tenant_at_once(url: str) -> None:
    def write(number: int) -> None:
        for chunk in range(5):
            with opened(url, f"tenant {chunk}") as gallery:
                gallery.enroll(*photos(["Ada", "Bo"], seed=10 * chunk + number))

    assert both_at_once(write) == []
    for chunk in range(5):
        with opened(url, f"tenant {chunk}") as gallery:
            assert [(p.name, p.photos) for p in gallery.people()] == [("Ada", 2), ("Bo", 2)]


def test_a_search_looks_at_one_partition_only(postgres_url: str) -> None:
    for tenant in ("acme", "other"):
        with opened(postgres_url, tenant) as gallery:
            gallery.enroll(*photos(["Ada", "Bo"]))
    with opened(postgres_url, "acme") as gallery:
        query = text("EXPLAIN SELECT id FROM triptych_faces WHERE tenant = :tenant AND id = 1")
        with gallery.database.read_transaction() as connection:
            plan = "\n".join(connection.execute(query, {"tenant": "acme"}).scalars())
            parts = text("SELECT count(*) FROM pg_inherits WHERE inhparent = CAST(:t AS regclass)")
            assert connection.scalar(parts, {"t": "triptych_faces"}) == 2
    assert plan.count("triptych_faces_") >= 1 and "Append" not in plan


@pytest.mark.parametrize("name", ["a\0b", "\udcff", "y" * 201])
def test_a_name_no_database_takes_is_refused(url: str, name: str) -> None:
    with pytest.raises(ConfigError, match="tenant"):
        opened(url, name)
    with pytest.raises(ConfigError, match="tenant"):
        Gallery.info(url, tenant=name)


def test_an_unknown_tenant_has_nobody(url: str) -> None:
    opened(url, "").close()
    with opened(url, "nobody yet") as gallery:
        assert gallery.identify(np.eye(SIZE, dtype=np.float32)[:1]) == [[]] and len(gallery) == 0
