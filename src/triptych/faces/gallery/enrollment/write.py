"""Faces written to a gallery, and rows brought in step with the folder they came from."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert, select, update

from ...embeddings import Embeddings
from .._postgres import ensure_partition
from ..schema import batched
from ..tables import FACES, RECIPES
from ..writes import delete_empty_people, delete_faces, ensure_people, increment
from .listing import GalleryPhoto, photos_with_digests, recipe_hash
from .plan import EnrollmentPlan, FaceRow, WriteCounts, plan_enrollment


def enroll_faces(
    connection: Connection,
    embeddings: Embeddings,
    rows: Sequence[FaceRow],
    *,
    settings: Mapping[str, Any] | None = None,
    source: str = "",
    tenant: str = "",
) -> WriteCounts:
    """Add faces that are new, read anew those read otherwise, move or refuse those of others.

    Parameters:
        connection: in a write transaction.
        embeddings: a vector for each face.
        rows: the faces.
        settings: how the photos were read; None where that is not known.
        source: the folder or zip the photos are in, "" where that is not known.
        tenant: whose gallery.

    Raises DataError as `plan_enrollment`.
    """
    increment(connection, "changes")  # first of all: who has this row is the only one to write
    if connection.dialect.name == "postgresql":
        ensure_partition(connection, tenant)
    recipe = recipe_hash(settings)
    enrolled = photos_with_digests(connection, {row.digest for row in rows}, tenant)
    plan = plan_enrollment(rows, enrolled, recipe)
    new = [*plan.added, *plan.renewed]
    if new and settings is not None:
        _keep_recipe(connection, recipe, settings)
    people = {row.person for row in (*new, *(row for row, _ in plan.moved))}
    numbers = ensure_people(connection, people, tenant)
    delete_faces(connection, plan.obsolete, tenant)  # a vector never changes under its id
    shared = {"tenant": tenant, "source": source, "recipe": recipe}
    for part in batched(new):
        values = [shared | _values(row, numbers, embeddings) for row in part]
        connection.execute(insert(FACES), values)
    _move(connection, plan, numbers, source, tenant)
    if plan.moved or plan.moved_and_renewed:
        delete_empty_people(connection, tenant)
    return plan.counts


def relabel(
    connection: Connection,
    places: Iterable[tuple[GalleryPhoto, str]],
    obsolete: Iterable[int],
    source: str,
    tenant: str = "",
) -> None:
    """Write where photos lie now, and remove those that lie there no more.

    Parameters:
        connection: in a write transaction.
        places: enrolled photos with the name they have now in the folder.
        obsolete: ids of the rows to remove.
        source: the folder.
        tenant: whose gallery.
    """
    increment(connection, "changes")
    for photo, name in places:
        mine = FACES.c.tenant == tenant, FACES.c.id == photo.id
        connection.execute(update(FACES).where(*mine).values(photo=name, source=source))
    delete_faces(connection, obsolete, tenant)
    delete_empty_people(connection, tenant)


def _keep_recipe(connection: Connection, recipe: str, settings: Mapping[str, Any]) -> None:
    known = select(RECIPES.c.recipe).where(RECIPES.c.recipe == recipe)
    if connection.scalar(known) is None:
        row = {"recipe": recipe, "settings": json.dumps(settings, sort_keys=True)}
        connection.execute(insert(RECIPES), row)


def _values(row: FaceRow, numbers: Mapping[str, int], embeddings: Embeddings) -> dict[str, object]:
    return {
        "person": numbers[row.person],
        "digest": row.digest,
        "face": row.face,
        "photo": row.photo,
        "quality": row.quality,
        "vector": embeddings.vectors[row.row],
    }


def _move(
    connection: Connection,
    plan: EnrollmentPlan,
    numbers: Mapping[str, int],
    source: str,
    tenant: str,
) -> None:
    for row, old in plan.moved:
        place = {"person": numbers[row.person], "photo": row.photo, "source": source}
        mine = FACES.c.tenant == tenant, FACES.c.id == old.id
        connection.execute(update(FACES).where(*mine).values(place))
