"""What a gallery holds of a folder that the folder holds no more."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from triptych.faces.embeddings import Embeddings
from triptych.faces.gallery.enrollment.listing import GalleryPhoto
from triptych.faces.gallery.gallery import Gallery
from triptych.faces.recognition.enrollment.departed import (
    Departed,
    FolderContents,
    bring_in_step,
    find_departed,
)

ROW = GalleryPhoto(1, "Ada", "Ada/1.jpg", "d1", 0, "/team", "r", None)


def contents(files: dict[str, str], enrolled: set[str] | None = None) -> FolderContents:
    people = {name: name.split("/")[0] for name in files}
    read = {name: digest for name, digest in files.items() if digest}
    return FolderContents("/team", people, read, set(files) if enrolled is None else enrolled)


def test_a_photo_that_is_there_is_in_step():
    found = find_departed(contents({"Ada/1.jpg": "d1"}), [ROW])
    assert not (found.renamed or found.replaced or found.gone)


def test_a_photo_with_a_new_name_is_renamed_and_not_gone():
    found = find_departed(contents({"Ada/3.jpg": "d1", "Ada/2.jpg": "d1"}), [ROW])
    assert found.renamed == [(ROW, "Ada/2.jpg")] and not (found.replaced or found.gone)


def test_two_photos_that_swapped_names_keep_their_vectors():
    other = replace(ROW, id=2, photo="Ada/2.jpg", digest="d2")
    found = find_departed(contents({"Ada/1.jpg": "d2", "Ada/2.jpg": "d1"}), [ROW, other])
    assert found.renamed == [(ROW, "Ada/2.jpg"), (other, "Ada/1.jpg")]
    assert not (found.replaced or found.gone)


def test_a_file_replaced_under_its_name_is_replaced_once_it_is_enrolled():
    found = find_departed(contents({"Ada/1.jpg": "new"}), [ROW])
    assert found.replaced == [ROW] and not found.gone
    refused = find_departed(contents({"Ada/1.jpg": "new"}, set()), [ROW])
    assert not refused.replaced and "refused" in refused.gone[0][1]


def test_a_file_that_cannot_be_read_says_nothing():
    found = find_departed(contents({"Ada/1.jpg": ""}, set()), [ROW])
    assert not (found.renamed or found.replaced or found.gone)


def test_what_is_in_no_folder_of_the_person_is_gone():
    found = find_departed(contents({"Ada/2.jpg": "d2", "Bo/1.jpg": "d1"}), [ROW])
    assert [row for row, _ in found.gone] == [ROW] and found.skipped[0].photo == "Ada/1.jpg"


def test_a_folder_that_was_moved_takes_its_photos_along(tmp_path: Path):
    moved = replace(ROW, source=str(tmp_path / "gone"))
    elsewhere = replace(ROW, source=str(tmp_path))  # this one is still there
    for row, renamed in ((moved, True), (elsewhere, False), (replace(ROW, source=""), True)):
        here = contents({"Ada/1.jpg": "d1"})
        here.elsewhere.append(row)
        assert bool(find_departed(here, []).renamed) == renamed


def test_of_some_photos_of_a_folder_none_is_called_gone():
    some = replace(contents({"Ada/2.jpg": "d2"}), complete=False)
    assert find_departed(some, [ROW]).gone == []
    changed = replace(contents({"Ada/1.jpg": "d2"}), complete=False)
    assert find_departed(changed, [ROW]).replaced == [ROW]


def test_photos_of_no_known_folder_touch_no_others(tmp_path: Path):
    with Gallery.open(str(tmp_path / "p.db"), encoder="e", size=2, create=True) as gallery:
        row = Embeddings(np.eye(2, dtype=np.float32)[:1], ("Ada/1.jpg",), ("Ada",), "e")
        gallery.enroll(row, ["d1"])
        unknown = replace(contents({"Ada/1.jpg": "d2"}), source="")
        departed = bring_in_step(gallery, unknown, prune=True)
        assert departed == Departed() and len(gallery) == 1
