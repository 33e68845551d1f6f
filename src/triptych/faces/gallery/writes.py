"""What is written to a gallery: photos enrolled, moved and removed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from sqlalchemy import Connection, Integer, cast, delete, exists, insert, select, update

from ...frame.errors import ConfigError, DataError
from ..embeddings import Embeddings, is_unit
from ._postgres import ensure_partition
from .schema import FACES, FACTS, PEOPLE, Vectors, batched

LONGEST = 2000  # bytes of a person's name: PostgreSQL indexes 2704 at most, ...
LONGEST_TENANT = 200  # ... and that of the tenant beside it
COMPARED = 20_000  # names looked through for the nearest


@dataclass(frozen=True)
class WriteCounts:
    """What became of photos.

    Parameters:
        added: new in the gallery.
        known: there before.
        moved: here from another person.
    """

    added: int = 0
    known: int = 0
    moved: int = 0

    def __add__(self, other: "WriteCounts") -> "WriteCounts":
        return WriteCounts(
            self.added + other.added, self.known + other.known, self.moved + other.moved
        )


@dataclass(frozen=True)
class _Row:
    """A photo that should be in the gallery, and its row among the encodings."""

    digest: str
    person: str
    photo: str
    row: int


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


def enrolled_people(
    connection: Connection, digests: Iterable[str], tenant: str = ""
) -> dict[str, str]:
    """The person of each photo that is enrolled, by its digest.

    Parameters:
        connection: in a transaction.
        digests: hashes of photo files; those not enrolled are left out.
        tenant: whose gallery.
    """
    query = select(FACES.c.digest, PEOPLE.c.name).join(PEOPLE).where(FACES.c.tenant == tenant)
    parts = (connection.execute(query.where(FACES.c.digest.in_(part))) for part in batched(digests))
    return {digest: person for part in parts for digest, person in part}


def enroll(
    connection: Connection, embeddings: Embeddings, digests: Sequence[str], tenant: str = ""
) -> WriteCounts:
    """Add photos that are new, and move those that were with another person.

    Parameters:
        connection: in a write transaction.
        embeddings: a row for each photo.
        digests: the hash of each photo's file.
        tenant: whose gallery.
    """
    increment(connection, "changes")  # first of all: who has this row is the only one to write
    columns = zip(digests, embeddings.identities, embeddings.photos, range(len(digests)))
    wanted = {row.digest: row for row in (_Row(*fields) for fields in columns)}
    if connection.dialect.name == "postgresql":
        ensure_partition(connection, tenant)
    before = enrolled_people(connection, wanted, tenant)
    new = [photo for photo in wanted.values() if photo.digest not in before]
    moved = [p for p in wanted.values() if before.get(p.digest, p.person) != p.person]
    numbers = _people(connection, {photo.person for photo in (*new, *moved)}, tenant)
    for part in batched(new):
        rows = [_row(p, numbers, embeddings.vectors) | {"tenant": tenant} for p in part]
        connection.execute(insert(FACES), rows)
    for photo in moved:
        place = {"person": numbers[photo.person], "photo": photo.photo}
        mine = FACES.c.tenant == tenant, FACES.c.digest == photo.digest
        connection.execute(update(FACES).where(*mine).values(place))
    if moved:
        _delete_empty_people(connection, tenant)
    return WriteCounts(len(new), len(digests) - len(new) - len(moved), len(moved))


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
    increment(connection, "removals")
    _delete_empty_people(connection, tenant)
    return removed


def increment(connection: Connection, fact: str) -> None:
    """Add one to a number in the table of facts.

    Parameters:
        connection: in a write transaction.
        fact: its name.
    """
    more = cast(cast(FACTS.c.value, Integer) + 1, FACTS.c.value.type)
    connection.execute(update(FACTS).where(FACTS.c.name == fact).values(value=more))


def _row(photo: _Row, numbers: Mapping[str, int], vectors: Vectors) -> dict[str, object]:
    return {
        "person": numbers[photo.person],
        "digest": photo.digest,
        "photo": photo.photo,
        "vector": vectors[photo.row],
    }


def _people(connection: Connection, names: set[str], tenant: str) -> dict[str, int]:
    """The ids of people, made known where they are not."""

    def ids() -> dict[str, int]:
        query = select(PEOPLE.c.name, PEOPLE.c.id).where(PEOPLE.c.tenant == tenant)
        parts = (connection.execute(query.where(PEOPLE.c.name.in_(p))) for p in batched(names))
        return {name: number for part in parts for name, number in part}

    new = names - ids().keys()
    for part in batched(sorted(new)):
        connection.execute(insert(PEOPLE), [{"tenant": tenant, "name": name} for name in part])
    return ids()


def _delete_empty_people(connection: Connection, tenant: str) -> None:
    """Forget people who have no photos left."""
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
