"""Every photo is enrolled once, whoever is killed, and whatever becomes of the database."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import create_engine, text

from triptych.faces.gallery.database import Database
from triptych.faces.jobs import queue
from triptych.faces.jobs import work as module
from triptych.faces.jobs.add import add
from triptych.faces.jobs.encode import encode_jobs
from triptych.faces.jobs.status import JobStatus, job_status, refused_photos
from triptych.faces.jobs.work import WorkResult, work
from triptych.faces.recognition.enrollment.recipe import pipeline_settings
from triptych.faces.recognition.pipeline import FacePipeline
from triptych.frame.errors import DataError, GalleryError
from triptych.frame.storage import images

from .worker import FATAL, Thumbnail, opened, run

PEOPLE, EACH = 6, 10
SETTINGS = pipeline_settings(FacePipeline(Thumbnail()))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """60 photos of 6 people, no two alike."""
    chance = np.random.default_rng(0)
    for person in range(PEOPLE):
        (tmp_path / "team" / f"P{person}").mkdir(parents=True)
        for number in range(EACH):
            drawn = chance.integers(0, 255, (4, 4, 3), np.uint8)
            images.save(tmp_path / "team" / f"P{person}" / f"{number}.png", drawn)
    return tmp_path / "team"


def added(url: str, folder: Path) -> None:
    with opened(url) as gallery:
        add(folder, gallery)


def status(url: str) -> JobStatus:
    with opened(url) as gallery, gallery.database.read_transaction() as connection:
        return job_status(connection, gallery.tenant)


def refusals(url: str) -> dict[str, str]:
    with opened(url) as gallery, gallery.database.read_transaction() as connection:
        return {each.photo: each.reason for each in refused_photos(connection, gallery.tenant, 99)}


def enrolled(url: str) -> dict[str, int]:
    with opened(url) as gallery:
        return {person.name: person.photos for person in gallery.people()}


@contextmanager
def started(url: str, seconds: float) -> Iterator[subprocess.Popen[str]]:
    """A worker of its own, which takes so long for each photo."""
    script = str(Path(__file__).with_name("worker.py"))
    command = [sys.executable, script, url, str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_until(url: str, over: int) -> None:
    """Until so many photos are over, and others under way."""
    for _ in range(600):
        now = status(url)
        if now.done >= over and now.leased:
            return
        time.sleep(0.02)
    raise AssertionError(f"nothing moves: {now}")


ALL = {f"P{person}": EACH for person in range(PEOPLE)}


def test_a_folder_is_enrolled_once(url: str, folder: Path) -> None:
    added(url, folder)
    assert run(url) == WorkResult(added=60)
    assert enrolled(url) == ALL and status(url).done == 60
    assert run(url) == WorkResult()
    added(url, folder)
    assert run(url) == WorkResult() and status(url).total == 60


def test_a_killed_workers_photos_are_enrolled_by_another_once(url: str, folder: Path) -> None:
    added(url, folder)
    with started(url, 0.02) as first, started(url, 0.02) as second:
        wait_until(url, 8)
        first.send_signal(signal.SIGKILL)
        output = second.communicate(timeout=60)[0]
    assert first.returncode == -signal.SIGKILL and second.returncode == 0, output
    assert enrolled(url) == ALL
    assert (status(url).done, status(url).left, status(url).refused) == (60, 0, 0)
    with opened(url) as gallery:
        assert len(gallery) == 60


def test_two_workers_at_one_queue_share_it(url: str, folder: Path) -> None:
    added(url, folder)
    with started(url, 0.01) as first, started(url, 0.01) as second:
        outputs = [process.communicate(timeout=60)[0] for process in (first, second)]
    results = [WorkResult(**json.loads(output)) for output in outputs]
    assert sum(result.added for result in results) == 60
    assert sum(result.known + result.lost + result.refused for result in results) == 0
    assert enrolled(url) == ALL


def test_a_worker_held_up_too_long_enrolls_nothing(url: str, folder: Path) -> None:
    added(url, folder)
    with opened(url) as gallery:
        late = module._take(gallery, "late", 60, lease=0.01)
        encoded = encode_jobs(gallery, FacePipeline(Thumbnail()), late, None, "refuse")
        time.sleep(0.05)
        assert len(late) == 60 and run(url) == WorkResult(added=60)  # by another, meanwhile
        assert module._write(gallery, "late", late, encoded, SETTINGS) == WorkResult(lost=60)
    assert enrolled(url) == ALL


def test_one_photo_that_two_have_is_enrolled_once(url: str, folder: Path) -> None:
    with opened(url) as gallery:
        (folder / "P0" / "copy.png").write_bytes((folder / "P0" / "0.png").read_bytes())
        add(folder, gallery)
        jobs = [module._take(gallery, f"worker {number}", 40, lease=60) for number in range(2)]
        pipeline = FacePipeline(Thumbnail())
        encoded = [encode_jobs(gallery, pipeline, part, None, "refuse") for part in jobs]
        results = [
            module._write(gallery, f"worker {number}", *each, SETTINGS)
            for number, each in enumerate(zip(jobs, encoded))
        ]
        assert sorted(len(part) for part in jobs) == [21, 40] and len(gallery) == 60
        assert sum(result.added for result in results) == 60
        assert sum(result.known for result in results) == 1


def test_bad_photos_are_told_and_stop_no_other(
    url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "RETRY_AFTER", 0.01)
    (folder / "P1" / "bad.png").write_bytes(b"\x89PNG no picture")
    (folder / "P1" / "gone.png").write_bytes(b"x")
    added(url, folder)
    (folder / "P1" / "gone.png").unlink()
    result = run(url)
    assert (result.added, result.refused) == (60, 2) and enrolled(url) == ALL
    assert "picture" in refusals(url)["P1/bad.png"]
    assert "no such file" in refusals(url)["P1/gone.png"].lower()
    with opened(url) as gallery, gallery.database.write_transaction() as connection:
        assert queue.retry_jobs(connection, gallery.tenant) == 2
    drawn = np.random.default_rng(5).integers(0, 255, (4, 4, 3), np.uint8)
    images.save(folder / "P1" / "gone.png", drawn)
    assert run(url) == WorkResult(added=1, refused=1) and [*refusals(url)] == ["P1/bad.png"]


def test_a_photo_that_kills_its_workers_is_given_up_alone(url: str, folder: Path) -> None:
    images.save(folder / "P0" / "3.png", np.full((4, 4, 3), FATAL, np.uint8))
    added(url, folder)
    died = 0
    for _ in range(queue.ATTEMPTS + 1):  # as one who starts a worker that ended
        with started(url, 0.0) as process:
            output = process.communicate(timeout=60)[0]
        died += process.returncode == -signal.SIGKILL
    assert died == queue.ATTEMPTS and process.returncode == 0, output
    assert [*refusals(url)] == ["P0/3.png"] and "3 workers ended" in refusals(url)["P0/3.png"]
    assert enrolled(url) == {**ALL, "P0": EACH - 1}


def test_a_worker_that_fails_gives_back_what_it_had(
    url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    added(url, folder)
    with monkeypatch.context() as patch:
        patch.setattr(Thumbnail, "encode", lambda self, crops: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run(url, lease=600)
    assert (status(url).waiting, status(url).leased) == (60, 0)
    assert run(url, lease=600) == WorkResult(added=60)


def test_photos_are_found_where_they_are_on_this_machine(url: str, folder: Path) -> None:
    added(url, folder)
    moved = folder.rename(folder.with_name("mounted"))
    with pytest.raises(DataError, match="not on this machine"):
        run(url)
    assert status(url).waiting == 60  # and no attempt is lost
    with opened(url) as gallery:
        done = work(gallery, pipeline=FacePipeline(Thumbnail()), folder=moved)
    assert done == WorkResult(added=60)


def test_the_database_gone_in_the_middle_loses_nothing(postgres_url: str, folder: Path) -> None:
    added(postgres_url, folder)
    with started(postgres_url, 0.02) as process:
        wait_until(postgres_url, 8)
        engine = create_engine(postgres_url.replace("postgresql://", "postgresql+psycopg://"))
        end = text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
        # again and again: a server that went away does not come back at once
        with engine.connect() as connection:
            for _ in range(200):
                if process.poll() is not None:
                    break
                connection.execute(end)
                time.sleep(0.005)
        engine.dispose()
        output = process.communicate(timeout=60)[0]
    assert process.returncode == 2 and "GalleryError: Cannot reach" in output, output
    assert len(output.splitlines()) == 1
    before = status(postgres_url)
    assert 8 <= before.done < 60 and before.refused == 0
    with opened(postgres_url) as gallery:
        assert len(gallery) == before.done
    assert run(postgres_url).added == 60 - before.done
    assert enrolled(postgres_url) == ALL


def test_a_sqlite_database_that_is_damaged_is_told(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "people.db"
    added(str(path), folder)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)
    for log in tmp_path.glob("people.db-*"):
        log.unlink()
    with pytest.raises(GalleryError, match="damaged"):
        run(str(path))


def test_leases_are_extended_while_a_worker_is_at_work(url: str, folder: Path) -> None:
    added(url, folder)
    with started(url, 0.3) as slow:  # eight photos take 2.4 s; the lease is 1 s
        wait_until(url, 0)
        time.sleep(1.6)
        database = Database(url, wait=5)
        with database.write_transaction() as connection:
            late = queue.claim_jobs(connection, "", "other", 60, 60)
            assert len(late) <= 52 and all(job.attempts == 1 for job in late)
        database.close()
        assert slow.poll() is None
