"""People of a gallery by their templates: those near by one photo, ordered anew by all photos."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64
from sqlalchemy import func, select

from ..gallery.gallery import Gallery, Match
from ..gallery.schema import FACES, PEOPLE, batched, decode_vectors
from .fuse import fuse

WIDER = 4  # times as many people are looked up by their nearest photo as are named ...
LEAST = 20  # ... and so many at least: a template may be nearer than the photos are

MOST = 1000  # photos of a person that are fused, the newest: more change no mean

Vectors = Float32[np.ndarray, "photos size"]


def nearest_templates(
    gallery: Gallery, queries: Float32[np.ndarray, "queries size"], *, top: int = 5
) -> list[list[Match]]:
    """For each face the people whose template is nearest, best first, each with the nearest photo.

    The template of a person is the mean of the enrolled photos, weighted by their quality where the
    gallery knows it, of unit length. It is compared for those who come near by one photo, so that
    large galleries are not read whole.

    Parameters:
        gallery: that holds the people.
        queries: unit vectors, (N, D).
        top: how many people to name for each.
    """
    near = gallery.identify(queries, top=max(LEAST, WIDER * top))
    names = {match.person for matches in near for match in matches}
    templates = {
        name: fuse(photos.vectors, photos.quality)
        for name, photos in enrolled_photos(gallery, names).items()
    }
    answers = []
    for query, matches in zip(queries, near):
        known = [match for match in matches if match.person in templates]
        again = [
            Match(match.person, float(np.linalg.norm(templates[match.person] - query)), match.photo)
            for match in known
        ]
        answers.append(sorted(again, key=lambda match: (match.distance, match.person))[:top])
    return answers


@dataclass(frozen=True, eq=False)
class PersonPhotos:
    """What a gallery holds of a person.

    Parameters:
        vectors: of unit length, (N, D).
        quality: of each, 0 … 1, NaN where the gallery does not know it.
    """

    vectors: Vectors
    quality: Float64[np.ndarray, " photos"]


def enrolled_photos(gallery: Gallery, names: Iterable[str]) -> dict[str, PersonPhotos]:
    """These people's photos by name, of each the newest 1,000 at most; people who are not enrolled
    are left out.

    Parameters:
        gallery: that holds them.
        names: of people.

    Raises GalleryError where the gallery is damaged.
    """
    database = gallery.database
    rows: list[tuple[str, object, float | None]] = []
    with database.read_transaction() as connection:
        for part in batched(names):
            newest = func.row_number().over(partition_by=PEOPLE.c.id, order_by=FACES.c.id.desc())
            photos = (
                select(PEOPLE.c.name, FACES.c.vector, FACES.c.quality, newest.label("place"))
                .join(FACES)
                .where(FACES.c.tenant == gallery.tenant, PEOPLE.c.tenant == gallery.tenant)
                .where(PEOPLE.c.name.in_(part))
                .subquery()
            )
            columns = photos.c.name, photos.c.vector, photos.c.quality
            query = select(*columns).where(photos.c.place <= MOST)
            rows += [(row[0], row[1], row[2]) for row in connection.execute(query)]
    return _by_name(rows, database.name)


def _by_name(
    rows: Sequence[tuple[str, object, float | None]], gallery: str
) -> dict[str, PersonPhotos]:
    if not rows:
        return {}
    first = rows[0][1]
    size = len(first) // 4 if isinstance(first, bytes) else len(np.asarray(first))
    vectors = decode_vectors([vector for _, vector, _ in rows], size, gallery)
    quality = np.array([np.nan if each is None else each for _, _, each in rows], np.float64)
    places: dict[str, list[int]] = {}
    for place, (name, _, _) in enumerate(rows):
        places.setdefault(name, []).append(place)
    return {name: PersonPhotos(vectors[own], quality[own]) for name, own in places.items()}
