"""Galleries of formats 1 and 2, made by the statements of that time, keep all they hold."""

import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Barrier, Thread

import numpy as np
import pytest
from sqlalchemy import create_engine, text

from triptych.faces.embeddings import Embeddings
from triptych.faces.gallery import _sqlite
from triptych.faces.gallery._postgres import partition_name
from triptych.faces.gallery.enrollment.plan import WriteCounts
from triptych.faces.gallery.gallery import Gallery
from triptych.frame.errors import GalleryError, WriteError

SIZE = 16
FACTS = {
    "format": "1",
    "gallery": "abc",
    "encoder": "test",
    "size": str(SIZE),
    "changes": "7",
    "removals": "1",
    "calibration": "",
}
TABLES = """
CREATE TABLE triptych_facts (name VARCHAR(32) NOT NULL, value TEXT NOT NULL, PRIMARY KEY (name));
CREATE TABLE triptych_people ({0}, name TEXT NOT NULL, UNIQUE (name){1});
CREATE TABLE triptych_faces ({0}, person INTEGER NOT NULL, digest VARCHAR(64) NOT NULL,
    photo TEXT NOT NULL, vector {2} NOT NULL, UNIQUE (digest){1},
    FOREIGN KEY(person) REFERENCES triptych_people (id));
CREATE INDEX ix_triptych_faces_person ON triptych_faces (person);
"""
TABLES_2 = """
CREATE TABLE triptych_facts (name VARCHAR(32) NOT NULL, value TEXT NOT NULL, PRIMARY KEY (name));
CREATE TABLE triptych_people ({0}{1}, tenant TEXT NOT NULL, name TEXT NOT NULL,
    UNIQUE (tenant, name));
CREATE TABLE triptych_faces ({0}{2}, tenant TEXT NOT NULL, person INTEGER NOT NULL,
    digest VARCHAR(64) NOT NULL, photo TEXT NOT NULL, vector {3} NOT NULL, {4}
    UNIQUE (tenant, digest), FOREIGN KEY(person) REFERENCES triptych_people (id)) {5};
CREATE INDEX ix_triptych_faces_person ON triptych_faces (person);
"""
NEAR = """
CREATE INDEX triptych_faces_near ON triptych_faces USING hnsw (vector vector_l2_ops)
    WITH (m = 16, ef_construction = 100);
"""
PEOPLE = ["Ada", "Ada", "Bo", "Cy", "Cy"]


def vectors() -> np.ndarray:
    drawn = np.random.default_rng(0).standard_normal((len(PEOPLE), SIZE), np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


@pytest.fixture(params=[1, 2])
def old(request: pytest.FixtureRequest, url: str) -> str:
    """A gallery of an old format with five photos, of which a sixth was removed."""
    return made_old(url, request.param)


def old_tables(is_sqlite: bool, before: int) -> list[str]:
    """The statements that made a gallery."""
    if before == 1:
        words = ("id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT", "", "BLOB")
        if not is_sqlite:
            words = "id SERIAL NOT NULL", ", PRIMARY KEY (id)", f"VECTOR({SIZE})"
        text = TABLES.format(*words) + ("" if is_sqlite else NEAR)
    elif is_sqlite:
        key, last = " PRIMARY KEY", "CREATE INDEX triptych_faces_tenant ON triptych_faces (tenant);"
        words = "id INTEGER NOT NULL", key, f"{key} AUTOINCREMENT", "BLOB", "", ""
        text = TABLES_2.format(*words) + last
    else:
        words = "id SERIAL NOT NULL", " PRIMARY KEY", "", f"VECTOR({SIZE})"
        text = TABLES_2.format(*words, "PRIMARY KEY (id, tenant),", "PARTITION BY LIST (tenant)")
        text += "".join(
            f"CREATE TABLE {partition_name(tenant)} PARTITION OF triptych_faces "
            f"FOR VALUES IN ('{tenant}');"
            for tenant in ("", "acme")
        )
        text += NEAR.replace(
            "(vector vector_l2_ops)", f"((vector::halfvec({SIZE})) halfvec_l2_ops)"
        )
    return text.split(";")[:-1]


def made_old(url: str, before: int = 1) -> str:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    is_sqlite = url.startswith("sqlite")
    tenant, value = ("", "") if before == 1 else ("tenant, ", "'', ")
    with engine.begin() as connection:
        for statement in old_tables(is_sqlite, before):
            connection.exec_driver_sql(statement)
        for name, fact in (FACTS | {"format": str(before)}).items():
            row = {"name": name, "value": fact}
            connection.execute(text("INSERT INTO triptych_facts VALUES (:name, :value)"), row)
        for name in dict.fromkeys(PEOPLE):
            person = text(f"INSERT INTO triptych_people ({tenant}name) VALUES ({value}:name)")
            connection.execute(person, {"name": name})
        for number, (name, vector) in enumerate(zip([*PEOPLE, "Cy"], [*vectors(), vectors()[0]])):
            row = {
                **{"person": name, "digest": f"{number:064x}", "photo": f"{name}/{number}.jpg"},
                "vector": vector.astype("<f4").tobytes() if is_sqlite else str(vector.tolist()),
            }
            face = text(
                f"INSERT INTO triptych_faces ({tenant}person, digest, photo, vector) VALUES "
                f"({value}(SELECT id FROM triptych_people WHERE name = :person), :digest, :photo, "
                ":vector)"
            )
            connection.execute(face, row)
        connection.execute(text("DELETE FROM triptych_faces WHERE id = 6"))
    engine.dispose()
    return url


def opened(url: str, **options: object) -> Gallery:
    return Gallery.open(url, encoder="test", size=SIZE, **options)  # type: ignore[arg-type]


def check(gallery: Gallery) -> None:
    assert [(p.name, p.photos) for p in gallery.people()] == [("Ada", 2), ("Bo", 1), ("Cy", 2)]
    found = gallery.identify(vectors(), top=1)
    assert [match.person for (match,) in found] == PEOPLE
    assert max(match.distance for (match,) in found) < 1e-6
    assert gallery.enrolled_as([f"{2:064x}"]) == {f"{2:064x}": "Bo"}


def test_an_old_gallery_keeps_its_people_and_photos(old: str) -> None:
    told = Gallery.info(old)
    assert (told.people, told.photos, told.encoder) == (3, 5, "test")
    with opened(old, large=1) as gallery:
        check(gallery)
        more = Embeddings(vectors()[:1], ("Di/1.jpg",), ("Di",), "test")
        assert gallery.enroll(more, ["d" * 64]) == WriteCounts(added=1)
        assert gallery.remove("Di") == 1
    with opened(old, tenant="acme") as gallery:
        assert gallery.people() == []
        assert gallery.enroll(more, [f"{2:064x}"]) == WriteCounts(added=1)
    with opened(old) as gallery:
        check(gallery)


def test_it_is_told_that_nobody_knows_how_its_photos_were_read(old: str) -> None:
    with opened(old) as gallery:
        assert [(each.recipe, each.settings, each.photos) for each in gallery.recipes()] == [
            ("", None, 5)
        ]
        ada = gallery.photos()[0]
        assert (ada.photo, ada.face, ada.source, ada.quality) == ("Ada/0.jpg", 0, "", None)
        again = Embeddings(vectors()[:1], (ada.photo,), ("Ada",), "test")
        known = {"settings": {"aligned": False}, "source": "/team"}
        assert gallery.enroll(again, [ada.digest], **known) == WriteCounts(renewed=1)
        assert gallery.enroll(again, [ada.digest], **known) == WriteCounts(known=1)
        check(gallery)
        both = Embeddings(vectors()[:1], ("Bo/copy.jpg",), ("Bo",), "test")
        assert gallery.enroll(both, [ada.digest], shared="keep", **known) == WriteCounts(added=1)


def test_no_id_is_used_twice(old: str) -> None:
    with opened(old) as gallery:
        more = Embeddings(vectors()[:1], ("Di/1.jpg",), ("Di",), "test")
        gallery.enroll(more, ["d" * 64])
        with gallery.database.read_transaction() as connection:
            ids = connection.execute(text("SELECT id FROM triptych_faces ORDER BY id"))
            assert ids.scalars().all() == [1, 2, 3, 4, 5, 7]


def test_two_that_open_it_at_once_upgrade_it_once(old: str) -> None:
    ready, failed = Barrier(2), []

    def open_it() -> None:
        ready.wait()
        try:
            with opened(old, wait=20) as gallery:
                check(gallery)
        except BaseException as error:
            failed.append(error)

    threads = [Thread(target=open_it) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_an_upgrade_that_fails_leaves_it_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "people.db"
    old = made_old(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE triptych_faces_1 (x)")  # in the way
        connection.commit()
    with pytest.raises(GalleryError):
        opened(old)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM triptych_faces").fetchone() == (5,)
        connection.execute("DROP TABLE triptych_faces_1")
        connection.commit()
    with opened(old) as gallery:
        check(gallery)


def test_an_old_gallery_that_cannot_be_written_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = made_old(f"sqlite:///{tmp_path / 'people.db'}")
    monkeypatch.setattr(_sqlite, "_is_writable", lambda path: False)  # root may write anywhere
    with pytest.raises(WriteError, match=r"older triptych.*Open it once where") as caught:
        opened(old)
    assert len(str(caught.value).splitlines()) == 1
    monkeypatch.undo()
    with opened(old) as gallery:
        check(gallery)


def test_an_old_gallery_with_rows_that_none_can_hold_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "people.db"
    old = made_old(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'name TEXT NOT NULL', 'name TEXT') "
            "WHERE name = 'triptych_people'"
        )
        connection.commit()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE triptych_people SET name = NULL")
        connection.commit()
    with pytest.raises(GalleryError, match="is damaged: NOT NULL constraint failed"):
        opened(old)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM triptych_faces").fetchone() == (5,)
