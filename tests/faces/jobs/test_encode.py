"""Photos of the queue that are in the gallery already, read otherwise or with other people."""

import shutil
from pathlib import Path

import pytest

from triptych.faces.gallery.gallery import Gallery
from triptych.faces.jobs import queue
from triptych.faces.jobs.add import add
from triptych.faces.jobs.encode import encode_jobs
from triptych.faces.jobs.status import refused_photos
from triptych.faces.jobs.work import WorkResult, work
from triptych.faces.recognition.enroll import enroll
from triptych.faces.recognition.pipeline import FacePipeline
from triptych.frame.errors import ConfigError, DataError
from triptych.frame.storage import images

from ..recognition.colors import GREEN, RED, FaceColor, SideBySide, plain, portrait
from .worker import Thumbnail, opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The same photo with Ada and Bo, and one of Cy."""
    for person, color in {"Ada": RED, "Bo": RED, "Cy": GREEN}.items():
        (tmp_path / "team" / person).mkdir(parents=True)
        images.save(tmp_path / "team" / person / "1.png", plain(color))
    return tmp_path / "team"


def test_of_two_people_with_one_photo_the_second_is_refused(url: str, folder: Path) -> None:
    with opened(url) as gallery:
        add(folder, gallery)
        assert work(gallery, encoder=Thumbnail()) == WorkResult(added=2, refused=1)
        with gallery.database.read_transaction() as connection:
            (refused,) = refused_photos(connection, gallery.tenant, 9)
        assert "Ada/1.png" in refused.photo + refused.reason
        assert "Bo/1.png" in refused.photo + refused.reason
        with gallery.database.write_transaction() as connection:
            queue.retry_jobs(connection, gallery.tenant)
        before = gallery.photos()
        assert work(gallery, encoder=Thumbnail()) == WorkResult(refused=1)
        assert gallery.photos() == before and len(before) == 2
        with gallery.database.write_transaction() as connection:
            queue.retry_jobs(connection, gallery.tenant)
        assert work(gallery, encoder=Thumbnail(), shared="keep") == WorkResult(added=1)
        assert [person.name for person in gallery.people()] == ["Ada", "Bo", "Cy"]


def test_a_photo_that_was_moved_in_the_folder_is_moved(url: str, folder: Path) -> None:
    shutil.rmtree(folder / "Bo")
    with opened(url) as gallery:
        add(folder, gallery)
        assert work(gallery, encoder=Thumbnail()).added == 2
        (folder / "Ada" / "1.png").rename(folder / "Cy" / "2.png")
        add(folder, gallery)
        assert work(gallery, encoder=Thumbnail()) == WorkResult(moved=1)
        assert [(person.name, person.photos) for person in gallery.people()] == [("Cy", 2)]


def test_the_queue_and_the_folder_know_the_same_photos(url: str, folder: Path) -> None:
    shutil.rmtree(folder / "Bo")
    with opened(url) as gallery:
        add(folder, gallery)
        work(gallery, encoder=Thumbnail())
        done = enroll(folder, gallery, encoder=Thumbnail())
        assert (done.known, done.added, done.renewed, done.gone) == (2, 0, 0, ())


def test_photos_read_otherwise_are_renewed(tmp_path: Path) -> None:
    (tmp_path / "team" / "Ada").mkdir(parents=True)
    images.save(tmp_path / "team/Ada/1.png", portrait(RED))
    aligned, detected = (
        FacePipeline(FaceColor(), detector=SideBySide(), aligned=each) for each in (True, False)
    )
    place = str(tmp_path / "people.db")
    with Gallery.open(place, encoder=FaceColor(), create=True) as gallery:
        enroll(tmp_path / "team", gallery, pipeline=aligned)
        add(tmp_path / "team", gallery)
        assert work(gallery, pipeline=detected) == WorkResult(renewed=1)
        (photo,) = gallery.photos()
        assert photo.quality is not None


def test_all_faces_are_refused(url: str) -> None:
    with opened(url) as gallery, pytest.raises(ConfigError, match="--faces one"):
        work(gallery, pipeline=FacePipeline(Thumbnail(), faces="all"))


def test_a_folder_that_is_not_here_is_told(url: str) -> None:
    job = queue.Job(1, "/nowhere", "Ada/1.png", "Ada", 1, "")
    with opened(url) as gallery, pytest.raises(DataError, match="is not on this machine"):
        encode_jobs(gallery, FacePipeline(Thumbnail()), [job], None, "refuse")
