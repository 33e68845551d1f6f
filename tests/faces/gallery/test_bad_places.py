"""Galleries on full disks, and half-made ones: one line, and nothing lost."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event

from triptych.faces.gallery import database as module
from triptych.faces.gallery.database import Database, gallery_encoder_name
from triptych.faces.gallery.enrollment.plan import WriteCounts
from triptych.faces.gallery.gallery import Gallery
from triptych.frame.errors import GalleryError, TriptychError, WriteError

from ..recognition.colors import MeanColor
from .test_gallery import SIZE, opened, photos
from .test_upgrade import check, made_old
from .test_upgrade import opened as opened_old


def full(database: Database, pages: int) -> None:
    """From now on the file has no room for more than so many more pages."""

    @event.listens_for(database.engine, "begin")
    def limit(connection) -> None:  # type: ignore[no-untyped-def]
        count = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {count + pages}")


def test_a_full_disk_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    encodings, digests = photos(["Ada"] * 10)
    more = photos([f"P{number}" for number in range(300)], seed=1)
    with opened(str(tmp_path / "people.db")) as gallery:
        gallery.enroll(encodings, digests, settings={"aligned": True})
        before = gallery.photos()
        full(gallery.database, 2)
        with pytest.raises(WriteError, match=r"Cannot write .*full") as caught:
            gallery.enroll(*more, settings={"aligned": False})
        assert len(str(caught.value).splitlines()) == 1
        assert gallery.photos() == before and gallery.people()[0].photos == 10
    with opened(str(tmp_path / "people.db")) as gallery:
        assert gallery.enroll(*more, settings={"aligned": False}) == WriteCounts(added=300)


def test_a_full_disk_leaves_an_old_gallery_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "people.db"
    old = made_old(f"sqlite:///{path}", 2)

    def connect(path: Path, wait: float):  # type: ignore[no-untyped-def]
        engine = module_engine(path, wait)

        @event.listens_for(engine, "begin")
        def limit(connection) -> None:  # type: ignore[no-untyped-def]
            count = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {count}")

        return engine

    module_engine = module.sqlite_engine
    with monkeypatch.context() as patch:
        patch.setattr(module, "sqlite_engine", connect)
        with pytest.raises(WriteError, match=r"older triptych.*full") as caught:
            opened_old(old)
        assert len(str(caught.value).splitlines()) == 1
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM triptych_faces").fetchone() == (5,)
    with opened_old(old) as gallery:
        check(gallery)


def test_a_gallery_is_made_whole_or_not_at_all(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        facts = [{"name": "format", "value": None}]  # what no row of facts may have
        patch.setattr(module.GalleryState, "facts", lambda self: facts)
        with pytest.raises(Exception, match=r"NOT NULL|null value"):
            Gallery.open(url, encoder=MeanColor(), create=True)
    with pytest.raises(GalleryError, match="There is no gallery"):
        Gallery.info(url)
    with Gallery.open(url, encoder=MeanColor(), create=True) as gallery:
        assert (gallery.encoder, gallery.dim, len(gallery)) == ("colors-1", 3, 0)


@pytest.mark.parametrize(
    ("fingerprint", "name"),
    [
        ("mobilefacenet-0123456789ab", "mobilefacenet"),
        ("dlib-0123456789ab", "dlib"),
        ("onnx-0123456789ab", None),
        ("trained-0123456789ab", None),
        ("mobilefacenet", None),
        ("colors-1", None),
    ],
)
def test_the_name_of_a_gallerys_encoder_is_told(
    tmp_path: Path, fingerprint: str, name: str | None
) -> None:
    path = str(tmp_path / "people.db")
    assert gallery_encoder_name(path) is None
    assert not Path(path).exists()
    database = Database(path, wait=1)
    state = module.GalleryState(module.FORMAT, "g", fingerprint, SIZE, 0, 0, "")
    database.create(SIZE, state.facts())
    database.close()
    assert gallery_encoder_name(path) == name


def test_a_name_of_a_damaged_gallery_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "people.db"
    with opened(str(path)) as gallery:
        gallery.enroll(*photos(["Ada"] * 50))
    shutil.copy(path, tmp_path / "whole.db")
    path.write_bytes(path.read_bytes()[:5000])
    for attempt in (gallery_encoder_name, Gallery.open, Gallery.info):
        with pytest.raises(TriptychError) as caught:
            attempt(str(path))
        assert len(str(caught.value).splitlines()) == 1
