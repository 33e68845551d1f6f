"""Folders are added to a queue bit by bit, and again without change."""

from pathlib import Path

import pytest

from triptych.faces.jobs import add as module
from triptych.faces.jobs.add import AddResult, add, check_queue
from triptych.frame.errors import DataError, GalleryError
from triptych.frame.progress import ProgressEvent
from triptych.frame.storage.image_folder import SkippedImage

from .worker import opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(7):
        (tmp_path / "team" / f"P{number % 2}").mkdir(parents=True, exist_ok=True)
        (tmp_path / "team" / f"P{number % 2}" / f"{number}.jpg").touch()
    (tmp_path / "team" / "P0" / "notes.txt").touch()
    return tmp_path / "team"


def test_a_folder_is_added_bit_by_bit(
    url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 3)
    events: list[ProgressEvent] = []
    skipped: list[SkippedImage] = []

    def stop(event: ProgressEvent) -> None:
        if event.done >= 6:
            raise KeyboardInterrupt

    with opened(url) as gallery:
        with pytest.raises(GalleryError, match="jobs add"):
            check_queue(gallery)
        with pytest.raises(KeyboardInterrupt):
            add(folder, gallery, progress=stop)
        check_queue(gallery)
        done = add(folder, gallery, left_out=skipped.append, progress=events.append)
        assert done == AddResult(added=1, known=6, left_out=1)
        assert [event.done for event in events] == [3, 6, 7]
        assert [each.photo for each in skipped] == ["P0/notes.txt"]
        assert add(folder, gallery).to_dict() == {"added": 0, "known": 7, "left_out": 1}


def test_a_folder_without_people_is_refused(url: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "stray.jpg").touch()
    with opened(url) as gallery:
        with pytest.raises(DataError, match="PERSON/PHOTO"):
            add(tmp_path / "empty", gallery)
        with pytest.raises(DataError, match="cannot be read"):
            add(tmp_path / "none", gallery)
