"""What a gallery holds about photos: whose they are, where they came from, how they were read."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from ..schema import batched
from ..tables import FACES, PEOPLE, RECIPES


@dataclass(frozen=True)
class GalleryPhoto:
    """An enrolled face of a photo, without its vector.

    Parameters:
        id: of its row; a vector that is read anew gets another.
        person: who it is.
        photo: the name of the photo, relative to its folder.
        digest: the hash of the photo's file.
        face: which face of the photo, 0 for the largest.
        source: the folder or zip the photo was enrolled from, "" where that is not known.
        recipe: how it was read, as `recipe_hash` names it; "" where that is not known.
        quality: of the face, 0 … 1; None where nobody measured it.
    """

    id: int
    person: str
    photo: str
    digest: str
    face: int
    source: str
    recipe: str
    quality: float | None


@dataclass(frozen=True)
class GalleryRecipe:
    """How some photos of a gallery were read.

    Parameters:
        recipe: its short name, "" where it is not known how.
        settings: face selection, alignment, detector and standards; None where not known.
        photos: how many were read so.
    """

    recipe: str
    settings: Mapping[str, Any] | None
    photos: int

    def to_dict(self) -> dict[str, Any]:
        """As `triptych faces list --json` prints it."""
        return {"recipe": self.recipe or None, "settings": self.settings, "photos": self.photos}


def recipe_hash(settings: Mapping[str, Any] | None) -> str:
    """A short name of how photos are read; "" where that is not known.

    Parameters:
        settings: of JSON's types.

    >>> recipe_hash({"aligned": True})
    '84e5e9854f9f'
    """
    if settings is None:
        return ""
    return sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:12]


def photos_with_digests(
    connection: Connection, digests: Iterable[str], tenant: str = ""
) -> dict[str, list[GalleryPhoto]]:
    """The enrolled faces of photos by digest, the oldest first; those not enrolled are left out.

    Parameters:
        connection: in a transaction.
        digests: hashes of photo files.
        tenant: whose gallery.
    """
    faces: dict[str, list[GalleryPhoto]] = {}
    for part in batched(digests):
        for photo in _select(connection, FACES.c.digest.in_(part), tenant):
            faces.setdefault(photo.digest, []).append(photo)
    return faces


def photos_of_people(
    connection: Connection, names: Iterable[str], tenant: str = ""
) -> list[GalleryPhoto]:
    """The enrolled faces of people, the oldest first of each 10,000 people.

    Parameters:
        connection: in a transaction.
        names: of the people.
        tenant: whose gallery.
    """
    parts = (_select(connection, PEOPLE.c.name.in_(part), tenant) for part in batched(names))
    return [photo for part in parts for photo in part]


def photos_from(connection: Connection, source: str, tenant: str = "") -> list[GalleryPhoto]:
    """The enrolled faces of photos that came from a folder, the oldest first.

    Parameters:
        connection: in a transaction.
        source: the folder, as it was enrolled.
        tenant: whose gallery.
    """
    return _select(connection, FACES.c.source == source, tenant)


def all_photos(connection: Connection, tenant: str = "") -> list[GalleryPhoto]:
    """All enrolled faces of a `tenant`, the oldest first, through a `connection`."""
    return _select(connection, FACES.c.id > 0, tenant)


def list_recipes(connection: Connection, tenant: str = "") -> list[GalleryRecipe]:
    """How the photos of a `tenant` were read, the most frequent first, through a `connection`."""
    photos = func.count(FACES.c.id)
    query = select(FACES.c.recipe, RECIPES.c.settings, photos)
    query = query.outerjoin_from(FACES, RECIPES, FACES.c.recipe == RECIPES.c.recipe)
    query = query.where(FACES.c.tenant == tenant).group_by(FACES.c.recipe, RECIPES.c.settings)
    recipes = [
        GalleryRecipe(name, None if settings is None else json.loads(settings), count)
        for name, settings, count in connection.execute(query)
    ]
    return sorted(recipes, key=lambda each: (-each.photos, each.recipe))


def _select(
    connection: Connection, condition: ColumnElement[bool], tenant: str
) -> list[GalleryPhoto]:
    columns = [FACES.c[name] for name in ("photo", "digest", "face", "source", "recipe", "quality")]
    query = select(FACES.c.id, PEOPLE.c.name, *columns).join(PEOPLE)
    query = query.where(FACES.c.tenant == tenant, condition).order_by(FACES.c.id)
    return [GalleryPhoto(*row) for row in connection.execute(query)]
