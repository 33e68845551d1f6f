import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from triptych.faces.gallery.gallery import Gallery
from triptych.faces.gallery.schema import state
from triptych.faces.photos import identity_folder
from triptych.faces.recognition.enroll import enroll
from triptych.faces.recognition.pipeline import FacePipeline
from triptych.frame.errors import ConfigError, DataError
from triptych.frame.progress import ProgressEvent
from triptych.frame.storage import image_folder, images

from ..calibration.test_calibration import SOME
from .colors import GREEN, RED, FaceColor, MeanColor, SideBySide, plain, portrait


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    chance = np.random.default_rng(0)
    for person in ("Ada", "Bob"):
        (tmp_path / "team" / person).mkdir(parents=True)
        for number in range(3):
            drawn = chance.integers(0, 255, (8, 8, 3), np.uint8)
            images.save(tmp_path / "team" / person / f"{number}.png", drawn)
    return tmp_path / "team"


@pytest.fixture
def encoder() -> MeanColor:
    return MeanColor()


@pytest.fixture
def gallery(tmp_path: Path):
    place = str(tmp_path / "people.db")
    with Gallery.open(place, encoder="colors-1", size=3, create=True) as opened:
        yield opened


def test_what_was_enrolled_is_not_even_encoded_again(
    folder: Path, gallery: Gallery, encoder: MeanColor
):
    first = enroll(folder, gallery, pipeline=FacePipeline(encoder))
    assert (first.people, first.added, first.known) == (2, 6, 0) and encoder.encoded == 6
    again = enroll(folder, gallery, pipeline=FacePipeline(encoder))
    assert (again.added, again.known) == (0, 6) and encoder.encoded == 6


def test_what_is_left_out_of_a_folder_is_told(folder: Path, gallery: Gallery, encoder: MeanColor):
    (folder / "Ada" / "notes.txt").write_text("x")
    (folder / "stray.png").write_bytes((folder / "Ada" / "0.png").read_bytes())
    result = enroll(folder, gallery, pipeline=FacePipeline(encoder))
    assert [each.photo for each in result.left_out] == ["Ada/notes.txt", "stray.png"]
    assert result.to_dict()["left_out"] == [each.to_dict() for each in result.left_out]


def test_stopped_half_way_it_goes_on_where_it_was(
    folder: Path, gallery: Gallery, encoder: MeanColor, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("triptych.faces.recognition.enroll.CHUNK", 2)

    def stop(step: ProgressEvent) -> None:
        if step.done >= 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        enroll(folder, gallery, pipeline=FacePipeline(encoder), progress=stop)
    kept = len(gallery)
    assert kept in (2, 4)
    done = enroll(folder, gallery, pipeline=FacePipeline(encoder))
    assert (done.added, done.known) == (6 - kept, kept) and len(gallery) == 6


def test_a_photo_that_changed_hands_is_moved(folder: Path, gallery: Gallery, encoder: MeanColor):
    enroll(folder, gallery, pipeline=FacePipeline(encoder))
    (folder / "Ada/0.png").rename(folder / "Bob/moved.png")
    done = enroll(folder, gallery, pipeline=FacePipeline(encoder))
    assert (done.added, done.known, done.moved) == (0, 5, 1)
    assert {person.name: person.photos for person in gallery.people()} == {"Ada": 2, "Bob": 4}


def test_progress_counts_every_photo_once(folder: Path, gallery: Gallery, encoder: MeanColor):
    (folder / "Bob/1.png").write_text("no picture")
    steps: list[ProgressEvent] = []
    done = enroll(folder, gallery, pipeline=FacePipeline(encoder), progress=steps.append)
    counts = [step.done for step in steps]
    assert counts == sorted(counts) and counts[-1] == steps[-1].total == 6
    assert steps[-1].metrics == {"refused": 1}
    assert [each.photo for each in done.refused] == ["Bob/1.png"] and done.added == 5


def test_a_folder_without_people_is_refused(tmp_path: Path, gallery: Gallery, encoder: MeanColor):
    with pytest.raises(DataError):
        enroll(tmp_path / "none", gallery, pipeline=FacePipeline(encoder))


def test_each_file_is_read_once(
    folder: Path, gallery: Gallery, encoder: MeanColor, monkeypatch: pytest.MonkeyPatch
):
    reads: list[str] = []

    def count(source: Path, name: str) -> bytes:
        reads.append(name)
        return image_folder.read_bytes(source, name)

    monkeypatch.setattr(identity_folder, "read_bytes", count)
    monkeypatch.setattr("triptych.faces.recognition.enroll.CHUNK_BYTES", 1)  # a photo a chunk
    assert enroll(folder, gallery, encoder=encoder).added == 6
    assert sorted(reads) == [f"{person}/{n}.png" for person in ("Ada", "Bob") for n in range(3)]


def test_without_a_pipeline_the_default_takes_one_face(
    folder: Path, gallery: Gallery, monkeypatch: pytest.MonkeyPatch
):
    asked = []

    def resolve(*given: object) -> FacePipeline:
        asked.append(given)
        return FacePipeline(MeanColor())

    monkeypatch.setattr(f"{enroll.__module__}.resolve_pipeline", resolve)
    assert enroll(folder, gallery).added == 6 and asked == [(None, None, "one")]


def rows(gallery: Gallery) -> list[tuple[str, str]]:
    return sorted((photo.person, photo.photo) for photo in gallery.photos())


def test_all_faces_are_refused_before_anything_is_read(folder: Path, gallery: Gallery):
    pipeline = FacePipeline(FaceColor(), detector=SideBySide(), faces="all")
    with pytest.raises(ConfigError, match=r"for enrolment, got all.*--faces one"):
        enroll(folder, gallery, pipeline=pipeline)
    assert len(gallery) == 0


def test_photos_read_by_other_options_are_read_anew(tmp_path: Path, gallery: Gallery):
    team = tmp_path / "people"
    for person, color in {"Ann": RED, "Ben": GREEN}.items():
        (team / person).mkdir(parents=True)
        images.save(team / person / "1.png", portrait(color))
    detected = FacePipeline(FaceColor(), detector=SideBySide())
    aligned = FacePipeline(FaceColor(), detector=SideBySide(), aligned=True)
    assert enroll(team, gallery, pipeline=aligned).added == 2
    before = {photo.id for photo in gallery.photos()}
    for pipeline, renewed, known in ((detected, 2, 0), (detected, 0, 2), (aligned, 2, 0)):
        done = enroll(team, gallery, pipeline=pipeline)
        assert (done.added, done.renewed, done.known) == (0, renewed, known)
    assert len(gallery) == 2 and not before & {photo.id for photo in gallery.photos()}
    (recipe,) = gallery.recipes()
    assert recipe.settings is not None and recipe.settings["aligned"] is True


def test_a_renewal_that_is_refused_is_told_and_pruned_by_word(tmp_path: Path, gallery: Gallery):
    (tmp_path / "people" / "Ann").mkdir(parents=True)
    images.save(tmp_path / "people/Ann/1.png", portrait(RED, GREEN))
    first = FacePipeline(FaceColor(), detector=SideBySide(), faces="largest")
    enroll(tmp_path / "people", gallery, pipeline=first)
    one = FacePipeline(FaceColor(), detector=SideBySide())
    done = enroll(tmp_path / "people", gallery, pipeline=one)
    assert "2 faces" in done.refused[0].reason and "refused as it is read" in done.gone[0].reason
    assert len(gallery) == 1
    assert enroll(tmp_path / "people", gallery, pipeline=one, prune=True).pruned == 1
    assert len(gallery) == 0


def test_the_quality_of_each_face_is_kept(tmp_path: Path, gallery: Gallery):
    (tmp_path / "people" / "Ann").mkdir(parents=True)
    images.save(tmp_path / "people/Ann/1.png", portrait(RED))
    enroll(tmp_path / "people", gallery, pipeline=FacePipeline(FaceColor(), detector=SideBySide()))
    (photo,) = gallery.photos()
    assert photo.quality is not None and 0 <= photo.quality <= 1
    assert photo.source == str((tmp_path / "people").resolve())


def test_a_replaced_file_replaces_its_vector(folder: Path, gallery: Gallery, encoder: MeanColor):
    pipeline = FacePipeline(encoder)
    enroll(folder, gallery, pipeline=pipeline)
    images.save(folder / "Ada" / "0.png", plain(RED))
    done = enroll(folder, gallery, pipeline=pipeline)
    assert (done.added, done.replaced, done.known, done.gone) == (0, 1, 5, ())
    assert rows(gallery).count(("Ada", "Ada/0.png")) == 1 and len(gallery) == 6
    red = encoder.encode(plain(RED)[None])
    assert gallery.identify(red)[0][0].distance < 1e-6
    assert enroll(folder, gallery, pipeline=pipeline).known == 6


def test_stopped_before_the_old_vector_went_it_goes_the_next_time(
    folder: Path, gallery: Gallery, encoder: MeanColor, monkeypatch: pytest.MonkeyPatch
):
    enroll(folder, gallery, encoder=encoder)
    images.save(folder / "Ada" / "0.png", plain(RED))
    with monkeypatch.context() as patch:
        patch.setattr(f"{enroll.__module__}.bring_in_step", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            enroll(folder, gallery, encoder=encoder)
    assert len(gallery) == 7
    done = enroll(folder, gallery, encoder=encoder)
    assert (done.added, done.replaced, done.known) == (0, 1, 6) and len(gallery) == 6


def test_photos_gone_from_the_folder_are_told_and_removed_by_word(
    folder: Path, gallery: Gallery, encoder: MeanColor, tmp_path: Path
):
    (tmp_path / "other" / "Ada").mkdir(parents=True)
    images.save(tmp_path / "other/Ada/9.png", plain(GREEN))
    for place in (folder, tmp_path / "other"):
        enroll(place, gallery, encoder=encoder)
    (folder / "Ada" / "0.png").unlink()
    shutil.rmtree(folder / "Bob")
    done = enroll(folder, gallery, encoder=encoder)
    gone = ["Ada/0.png", "Bob/0.png", "Bob/1.png", "Bob/2.png"]
    assert sorted(each.photo for each in done.gone) == gone and done.pruned == 0
    assert len(gallery) == 7
    assert enroll(folder, gallery, encoder=encoder, prune=True).pruned == 4
    assert rows(gallery) == [("Ada", f"Ada/{n}.png") for n in (1, 2, 9)]
    assert enroll(folder, gallery, encoder=encoder).gone == ()


def test_the_same_name_in_two_folders_is_two_photos(
    folder: Path, gallery: Gallery, encoder: MeanColor, tmp_path: Path
):
    (tmp_path / "other" / "Ada").mkdir(parents=True)
    images.save(tmp_path / "other/Ada/0.png", plain(GREEN))
    enroll(folder, gallery, encoder=encoder)
    done = enroll(tmp_path / "other", gallery, encoder=encoder, prune=True)
    assert (done.added, done.replaced, done.gone) == (1, 0, ()) and len(gallery) == 7


@pytest.mark.parametrize("names", [("Ada", "Bob"), ("Bob", "Ada")])
def test_one_photo_of_two_people_is_refused_in_both(
    folder: Path, gallery: Gallery, encoder: MeanColor, names: tuple[str, str]
):
    for name in names:
        images.save(folder / name / f"with {names[0]}.png", plain(RED))
    for _ in range(3):
        done = enroll(folder, gallery, encoder=encoder)
        assert done.added + done.known == 6 and done.moved == 0
        assert {each.photo.split("/")[0] for each in done.refused} == {"Ada", "Bob"}
        for each in done.refused:
            assert "Ada/with" in each.photo + each.reason and "Bob/with" in each.photo + each.reason
        assert len(gallery) == 6
    kept = enroll(folder, gallery, encoder=encoder, shared="keep")
    assert (kept.added, kept.refused) == (2, ())
    before = gallery.photos()
    for shared in ("keep", "refuse", "move"):
        again = enroll(folder, gallery, encoder=encoder, shared=shared)
        assert (again.known, again.refused, again.moved, again.gone) == (8, (), 0, ())
    assert gallery.photos() == before


def test_a_copy_in_another_persons_folder_never_takes_the_photo_away(
    folder: Path, gallery: Gallery, encoder: MeanColor
):
    enroll(folder, gallery, encoder=encoder)
    shutil.copy(folder / "Ada/0.png", folder / "Bob/copy.png")
    before = gallery.photos()
    for shared in ("refuse", "move"):
        done = enroll(folder, gallery, encoder=encoder, shared=shared)
        assert [each.photo for each in done.refused] == ["Bob/copy.png"] and done.known == 6
    assert gallery.photos() == before


def test_a_photo_of_another_folders_person_is_moved_by_word_alone(
    folder: Path, gallery: Gallery, encoder: MeanColor, tmp_path: Path
):
    enroll(folder, gallery, encoder=encoder)
    (tmp_path / "other" / "Cy").mkdir(parents=True)
    shutil.copy(folder / "Ada/0.png", tmp_path / "other/Cy/1.png")
    refused = enroll(tmp_path / "other", gallery, encoder=encoder).refused
    assert f"under Ada (Ada/0.png of {folder.resolve()})" in refused[0].reason
    assert "--shared move" in refused[0].reason and len(gallery) == 6
    done = enroll(tmp_path / "other", gallery, encoder=encoder, shared="move")
    assert (done.moved, done.added) == (1, 0)
    assert {person.name: person.photos for person in gallery.people()} == {
        **{"Ada": 2, "Bob": 3},
        "Cy": 1,
    }


def test_a_folder_that_was_moved_is_known_and_stays_in_step(
    folder: Path, gallery: Gallery, encoder: MeanColor, tmp_path: Path
):
    enroll(folder, gallery, encoder=encoder)
    folder.rename(tmp_path / "new")
    assert enroll(tmp_path / "new", gallery, encoder=encoder).known == 6
    images.save(tmp_path / "new/Ada/0.png", plain(RED))
    (tmp_path / "new/Bob/0.png").rename(tmp_path / "new/Bob/renamed.png")
    done = enroll(tmp_path / "new", gallery, encoder=encoder)
    assert (done.replaced, done.known, done.gone) == (1, 5, ())
    assert ("Bob", "Bob/renamed.png") in rows(gallery)


def test_one_person_under_two_names_is_told(folder: Path, gallery: Gallery, encoder: MeanColor):
    gallery.calibration = replace(SOME, encoder="colors-1", threshold=0.01)
    images.save(folder / "Ada/red.png", plain(RED))
    images.save(folder / "Bob/also red.png", plain((221, 20, 20)))
    done = enroll(folder, gallery, encoder=encoder)
    (alike,) = [each for each in done.alike if each.distance < 0.01]
    photos = {alike.person: alike.photo, alike.other: alike.other_photo}
    assert photos == {"Ada": "Ada/red.png", "Bob": "Bob/also red.png"}
    assert done.to_dict()["alike"][0]["distance"] == round(alike.distance, 4)
    assert enroll(folder, gallery, encoder=encoder).alike == ()


def test_a_photo_that_another_process_gave_to_somebody_else_meanwhile_is_refused(
    folder: Path, gallery: Gallery, encoder: MeanColor, monkeypatch: pytest.MonkeyPatch
):
    other = folder.parent / "other" / "Cy"
    other.mkdir(parents=True)
    shutil.copy(folder / "Ada/0.png", other / "1.png")
    enroll(other.parent, gallery, encoder=encoder)
    with monkeypatch.context() as patch:
        patch.setattr(Gallery, "photos_with", lambda *_: {})  # as it was a moment ago
        done = enroll(folder, gallery, encoder=encoder)
    assert done.added == 5 and [each.photo for each in done.refused] == ["Ada/0.png"]
    assert "under Cy" in done.refused[0].reason and len(gallery) == 6


def test_an_unchanged_folder_writes_nothing(folder: Path, gallery: Gallery, encoder: MeanColor):
    enroll(folder, gallery, encoder=encoder)
    with gallery.database.read_transaction() as connection:
        before = state(connection, "g")
    for shared in ("refuse", "keep", "move"):
        assert enroll(folder, gallery, encoder=encoder, shared=shared, prune=True).known == 6
    with gallery.database.read_transaction() as connection:
        assert state(connection, "g") == before


def test_tenants_prune_only_their_own(folder: Path, tmp_path: Path, encoder: MeanColor):
    place = str(tmp_path / "both.db")
    with (
        Gallery.open(place, encoder=encoder, create=True) as ours,
        Gallery.open(place, encoder=encoder, tenant="acme") as theirs,
    ):
        for gallery in (ours, theirs):
            enroll(folder, gallery, encoder=encoder)
        (folder / "Ada/0.png").unlink()
        images.save(folder / "Bob/0.png", plain(RED))
        done = enroll(folder, ours, encoder=encoder, prune=True)
        assert (done.pruned, done.replaced) == (1, 1)
        assert len(ours) == 5 and len(theirs) == 6
