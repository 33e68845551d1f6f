"""What becomes of photos, told from what is in the gallery already."""

from dataclasses import replace

import numpy as np
import pytest

from triptych.faces.embeddings import Embeddings
from triptych.faces.gallery.enrollment.listing import GalleryPhoto
from triptych.faces.gallery.enrollment.plan import (
    FaceRow,
    SharedPhoto,
    WriteCounts,
    check_policy,
    face_rows,
    plan_enrollment,
)
from triptych.frame.errors import ConfigError, DataError

ADA = GalleryPhoto(1, "Ada", "Ada/1.jpg", "d", 0, "/team", "r", None)
BO = replace(ADA, id=2, person="Bo", photo="Bo/1.jpg")
OURS = FaceRow("d", "Ada", "Ada/1.jpg", 0)


def test_counts_are_added():
    one = SharedPhoto("a", "Ada", BO)
    first, second = WriteCounts(1, 2, 3, 4, (one,)), WriteCounts(4, 5, 6, 7, (one,))
    assert first + second == WriteCounts(5, 7, 9, 11, (one, one))


def test_what_was_read_the_same_is_known_and_else_renewed():
    assert plan_enrollment([OURS], {"d": [ADA]}, "r").counts == WriteCounts(known=1)
    assert plan_enrollment([OURS], {"d": [ADA]}, "").counts == WriteCounts(known=1)
    plan = plan_enrollment([OURS], {"d": [ADA]}, "other")
    assert plan.counts == WriteCounts(renewed=1) and plan.obsolete == [1]
    unknown = replace(ADA, recipe="")
    assert plan_enrollment([OURS], {"d": [unknown]}, "r").counts == WriteCounts(renewed=1)


def test_the_photo_of_another_person_is_kept_moved_or_refused():
    enrolled = {"d": [BO]}
    keep = plan_enrollment([replace(OURS, shared="keep")], enrolled, "r")
    assert keep.counts == WriteCounts(added=1) and keep.obsolete == []
    move = plan_enrollment([OURS], enrolled, "r")
    assert move.counts == WriteCounts(moved=1) and move.moved[0][1] is BO
    anew = plan_enrollment([OURS], enrolled, "other")
    assert anew.counts == WriteCounts(moved=1) and anew.obsolete == [2]
    refuse = plan_enrollment([replace(OURS, shared="refuse")], enrolled, "r")
    assert refuse.counts == WriteCounts(shared=(SharedPhoto("Ada/1.jpg", "Ada", BO),))


def test_a_photo_of_two_people_in_the_gallery_is_known_to_both():
    both = [OURS, replace(OURS, person="Bo", photo="Bo/1.jpg")]
    assert plan_enrollment(both, {"d": [ADA, BO]}, "r").counts == WriteCounts(known=2)
    plan = plan_enrollment([replace(row, shared="refuse") for row in both], {"d": [ADA, BO]}, "s")
    assert plan.counts == WriteCounts(renewed=2) and plan.obsolete == [1, 2]


def test_a_move_from_two_people_leaves_one():
    cy = replace(OURS, person="Cy", photo="Cy/1.jpg")
    plan = plan_enrollment([cy], {"d": [ADA, BO]}, "r")
    assert plan.counts == WriteCounts(moved=1) and plan.obsolete == [2]


def test_other_faces_of_a_photo_are_other_peoples():
    second = replace(OURS, person="Cy", face=1, shared="refuse")
    assert plan_enrollment([second], {"d": [ADA]}, "r").counts == WriteCounts(added=1)


def test_one_face_is_never_two_peoples_in_silence():
    bo = replace(OURS, person="Bo", photo="Bo/1.jpg")
    with pytest.raises(DataError, match=r"Ada/1\.jpg \(Ada\) and Bo/1\.jpg \(Bo\) are the same"):
        plan_enrollment([OURS, bo], {}, "r")
    kept = [replace(row, shared="keep") for row in (OURS, bo)]
    assert plan_enrollment(kept, {}, "r").counts == WriteCounts(added=2)


def test_a_copy_counts_once_and_two_faces_of_a_photo_not_at_all():
    copy = replace(OURS, photo="Ada/copy.jpg", row=1)
    assert plan_enrollment([OURS, copy], {}, "r").counts == WriteCounts(added=1, known=1)
    with pytest.raises(DataError, match="several faces"):
        plan_enrollment([OURS, replace(OURS, row=1)], {}, "r")


def test_rows_have_what_is_said_of_each():
    pair = Embeddings(np.eye(2, dtype=np.float32), ("a", "b"), ("Ada", "Bo"), "test")
    rows = face_rows(pair, ["1", "2"], [0, 3], [None, 0.5], ["keep", "move"])
    assert rows[1] == FaceRow("2", "Bo", "b", 1, 3, 0.5, "move") and rows[0].shared == "keep"
    with pytest.raises(DataError, match="a value for each of 2"):
        face_rows(pair, ["1", "2"], [0], None, "move")
    with pytest.raises(ConfigError, match="got 'both'"):
        check_policy("both")
