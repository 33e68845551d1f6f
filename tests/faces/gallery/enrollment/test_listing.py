"""What a gallery holds about photos."""

from triptych.faces.gallery.enrollment.listing import (
    GalleryRecipe,
    photos_from,
    photos_of_people,
    photos_with_digests,
    recipe_hash,
)

from ..test_gallery import opened, photos


def test_photos_are_listed_by_file_person_and_folder(url: str) -> None:
    encodings, digests = photos(["Ada", "Bo", "Ada"])
    with opened(url) as gallery, opened(url, tenant="acme") as other:
        gallery.enroll(encodings, digests, source="/team")
        other.enroll(encodings, digests, source="/team")
        with gallery.database.read_transaction() as connection:
            by_file = photos_with_digests(connection, [digests[1], "0" * 64])
            assert {d: [p.person for p in faces] for d, faces in by_file.items()} == {
                digests[1]: ["Bo"]
            }
            ada = photos_of_people(connection, ["Ada", "Nobody"])
            assert [photo.photo for photo in ada] == [encodings.photos[0], encodings.photos[2]]
            assert len(photos_from(connection, "/team")) == 3
            assert photos_from(connection, "/tea") == []


def test_recipes_are_counted_and_the_unknown_is_told(url: str) -> None:
    first, second = photos(["Ada", "Bo"]), photos(["Cy"], seed=1)
    with opened(url) as gallery:
        gallery.enroll(*second)
        gallery.enroll(*first, settings={"aligned": True})
        known = GalleryRecipe(recipe_hash({"aligned": True}), {"aligned": True}, 2)
        assert gallery.recipes() == [known, GalleryRecipe("", None, 1)]
        assert gallery.recipes()[1].to_dict() == {"recipe": None, "settings": None, "photos": 1}


def test_a_recipe_has_a_name_of_its_own_in_any_order() -> None:
    assert recipe_hash({"a": 1, "b": 2}) == recipe_hash({"b": 2, "a": 1}) != recipe_hash({"a": 1})
    assert recipe_hash(None) == ""
