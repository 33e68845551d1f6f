"""Rows of a gallery as enrolment writes them."""

import numpy as np
import pytest

from triptych.faces.embeddings import Embeddings
from triptych.faces.gallery.enrollment.plan import WriteCounts
from triptych.faces.gallery.enrollment.write import relabel
from triptych.faces.gallery.gallery import Gallery

from ..test_gallery import opened, photos

PLAIN, ALIGNED = {"aligned": False}, {"aligned": True}


def negative(encodings: Embeddings) -> Embeddings:
    """Other vectors of the same photos."""
    return Embeddings(-encodings.vectors, encodings.photos, encodings.identities, "test")


@pytest.mark.parametrize("large", [1, 1000])
def test_a_renewed_vector_is_found_and_the_old_one_never(url: str, large: int) -> None:
    encodings, digests = photos(["Ada", "Bo", "Cy"])
    with opened(url, large=large) as gallery, opened(url, large=large) as other:
        gallery.enroll(encodings, digests, settings=ALIGNED)
        ids = [photo.id for photo in gallery.photos()]
        for each in (gallery, other):  # both have them in memory or in an index now
            assert each.identify(encodings.vectors, top=1)[0][0].distance < 1e-6
        anew = negative(encodings)
        assert gallery.enroll(anew, digests, settings=PLAIN) == WriteCounts(renewed=3)
        assert not set(ids) & {photo.id for photo in gallery.photos()}
        for each in (gallery, other):
            assert [m.person for (m,) in each.identify(anew.vectors, top=1)] == ["Ada", "Bo", "Cy"]
            assert each.identify(anew.vectors[:1], top=1)[0][0].distance < 1e-6
            assert each.identify(encodings.vectors[:1], top=1)[0][0].distance > 1
        assert gallery.enroll(anew, digests, settings=PLAIN) == WriteCounts(known=3)
        assert [(r.settings, r.photos) for r in gallery.recipes()] == [(PLAIN, 3)]


def test_tenants_renew_and_move_only_their_own(url: str) -> None:
    encodings, digests = photos(["Ada", "Bo"])
    with opened(url) as ours, opened(url, tenant="acme") as theirs:
        for gallery in (ours, theirs):
            gallery.enroll(encodings, digests, settings=ALIGNED, source="/team")
        before = theirs.photos()
        ours.enroll(negative(encodings), digests, settings=PLAIN)
        ids = [photo.id for photo in theirs.photos()]
        with ours.database.write_transaction() as connection:
            relabel(connection, [(before[0], "x.jpg")], ids, "/other")
        assert theirs.photos() == before
        assert theirs.identify(encodings.vectors, top=1)[0][0].distance < 1e-6


def test_what_is_known_of_a_photo_is_read_back(url: str) -> None:
    encodings, digests = photos(["Ada", "Bo"])
    with opened(url) as gallery:
        facts = {"qualities": [0.25, None], "settings": PLAIN, "source": "/team"}
        gallery.enroll(encodings, digests, faces=[0, 2], **facts)
        ada, bo = gallery.photos()
        assert (ada.person, ada.photo, ada.digest) == ("Ada", encodings.photos[0], digests[0])
        assert (ada.face, ada.quality, ada.source) == (0, 0.25, "/team")
        assert (bo.face, bo.quality, bo.recipe) == (2, None, ada.recipe)


def test_places_are_written_and_the_departed_removed(url: str) -> None:
    encodings, digests = photos(["Ada", "Ada", "Bo"])
    with opened(url) as gallery:
        gallery.enroll(encodings, digests)
        first, second, third = gallery.photos()
        with gallery.database.write_transaction() as connection:
            relabel(connection, [(first, "Ada/new.jpg")], [second.id, third.id], "/team")
        (left,) = gallery.photos()
        assert (left.id, left.photo, left.source) == (first.id, "Ada/new.jpg", "/team")
        assert [person.name for person in gallery.people()] == ["Ada"]
        assert gallery.identify(encodings.vectors[2:])[0][0].person == "Ada"


def test_a_gallery_that_was_closed_in_between_keeps_what_it_holds(url: str) -> None:
    encodings, digests = photos(["Ada"])
    with opened(url) as gallery:
        gallery.enroll(encodings, digests, settings=PLAIN, qualities=[np.float64(0.5)])
    with Gallery.open(url) as gallery:
        assert gallery.photos()[0].quality == 0.5
