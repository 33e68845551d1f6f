"""What is written to a gallery: people made known and removed; and what no gallery takes."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from sqlalchemy import Connection, Integer, cast, delete, exists, insert, select, update

from ...frame.errors import ConfigError, DataError
from ..embeddings import Embeddings, is_unit
from .schema import Vectors, batched
from .tables import FACES, FACTS, PEOPLE

LONGEST = 2000  # bytes of a person's name: PostgreSQL indexes 2704 at most, ...
LONGEST_TENANT = 200  # ... and that of the tenant beside it
COMPARED = 20_000  # names looked through for the nearest


def check_embeddings(embeddings: Embeddings, digests: Sequence[str], dim: int) -> None:
    """Raise DataError for what no gallery takes: vectors not of unit length, faces without a name.

    Parameters:
        embeddings: to be enrolled.
        digests: the hash of each photo's file.
        dim: numbers in a vector of the gallery.
    """
    if len(digests) != len(embeddings):
        raise DataError(
            f"Expected a digest for each of {len(embeddings)} photos, got {len(digests)}."
        )
    check_vectors(embeddings.vectors, dim)
    for names, kind in ((embeddings.identities, "person"), (embeddings.photos, "photo")):
        for word in set(names):
            _check_word(word, kind)


def check_tenant(tenant: str) -> None:
    """Raise ConfigError for a `tenant` whose name no database takes."""
    try:
        length = len(tenant.encode())
    except UnicodeEncodeError:
        length = LONGEST
    if length > LONGEST_TENANT or "\0" in tenant:
        raise ConfigError(f"Expected the name of a tenant, got {tenant[:30]!r}. Choose another.")


def check_vectors(vectors: Vectors, dim: int) -> None:
    """Raise DataError for vectors of another size, or not of unit length.

    Parameters:
        vectors: (N, D).
        dim: what D should be.
    """
    if vectors.shape[1] != dim:
        raise DataError(f"Expected vectors of {dim} numbers, got {vectors.shape[1]}. Encode anew.")
    if not is_unit(vectors):
        raise DataError("Expected vectors of unit length, got others or none at all. Encode anew.")


def remove(connection: Connection, name: str, tenant: str = "") -> int:
    """Remove a person, or else one photo; how many photos that were.

    Parameters:
        connection: in a write transaction.
        name: of the person or the photo.
        tenant: whose gallery.

    Raises DataError where there is neither.
    """
    increment(connection, "changes")
    mine = PEOPLE.c.tenant == tenant
    number = connection.scalar(select(PEOPLE.c.id).where(mine, PEOPLE.c.name == name))
    whose = FACES.c.photo == name if number is None else FACES.c.person == number
    removed = connection.execute(delete(FACES).where(FACES.c.tenant == tenant, whose)).rowcount
    if not removed:
        names = connection.scalars(select(PEOPLE.c.name).where(mine).limit(COMPARED))
        close = get_close_matches(name, names, n=1, cutoff=0.5)
        hint = f" Did you mean '{close[0]}'?" if close else ""
        raise DataError(f"There is no person and no photo '{name}' in the gallery.{hint}")
    increment(connection, "removals", removed)
    delete_empty_people(connection, tenant)
    return removed


def increment(connection: Connection, fact: str, by: int = 1) -> None:
    """Add to a number in the table of facts.

    Parameters:
        connection: in a write transaction.
        fact: its name.
        by: how much.
    """
    more = cast(cast(FACTS.c.value, Integer) + by, FACTS.c.value.type)
    connection.execute(update(FACTS).where(FACTS.c.name == fact).values(value=more))


def ensure_people(connection: Connection, names: set[str], tenant: str) -> dict[str, int]:
    """The ids of people, made known where they are not.

    Parameters:
        connection: in a write transaction.
        names: of the people.
        tenant: whose gallery.
    """

    def ids() -> dict[str, int]:
        query = select(PEOPLE.c.name, PEOPLE.c.id).where(PEOPLE.c.tenant == tenant)
        parts = (connection.execute(query.where(PEOPLE.c.name.in_(p))) for p in batched(names))
        return {name: number for part in parts for name, number in part}

    new = names - ids().keys()
    for part in batched(sorted(new)):
        connection.execute(insert(PEOPLE), [{"tenant": tenant, "name": name} for name in part])
    return ids()


def delete_faces(connection: Connection, ids: Iterable[int], tenant: str) -> None:
    """Remove rows. It counts as removals: who holds their vectors looks again.

    Parameters:
        connection: in a write transaction.
        ids: of the rows.
        tenant: whose they are.
    """
    count = 0
    for part in batched(ids):
        mine = FACES.c.tenant == tenant, FACES.c.id.in_(part)
        count += connection.execute(delete(FACES).where(*mine)).rowcount
    if count:
        increment(connection, "removals", count)


def delete_empty_people(connection: Connection, tenant: str) -> None:
    """Forget the people of a `tenant` who have no photos left, in a `connection` that writes."""
    has = exists().where(FACES.c.tenant == tenant, FACES.c.person == PEOPLE.c.id)
    connection.execute(delete(PEOPLE).where(PEOPLE.c.tenant == tenant, ~has))


def _check_word(word: str, kind: str) -> None:
    try:
        length = len(word.encode())
    except UnicodeEncodeError as error:
        raise DataError(f"The {kind} {word!r} has a name that is no text. Rename it.") from error
    if not word or "\0" in word:
        raise DataError(f"Expected the name of a {kind}, got {word!r}. Name it.")
    if kind == "person" and length > LONGEST:
        raise DataError(
            f"The name '{word[:30]}…' has {length} bytes; a gallery takes {LONGEST}. Shorten it."
        )
