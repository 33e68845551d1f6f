"""What becomes of photos that are to be enrolled, told from what is in the gallery already."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Literal, get_args

from ....frame.errors import ConfigError, DataError
from ...embeddings import Embeddings
from .listing import GalleryPhoto

SharedPolicy = Literal["refuse", "keep", "move"]
"""A photo that is to be enrolled under one person and is another's in the gallery: `refuse` it,
`keep` it under both, or `move` it."""


@dataclass(frozen=True)
class SharedPhoto:
    """A photo that was refused, for it is another person's in the gallery.

    Parameters:
        photo: its name.
        person: whose it should be.
        other: the face of the gallery.
    """

    photo: str
    person: str
    other: GalleryPhoto


@dataclass(frozen=True)
class WriteCounts:
    """What became of photos.

    Parameters:
        added: new in the gallery.
        known: there before.
        moved: here from another person.
        renewed: there before, and read otherwise: their vector is replaced.
        shared: refused, each with the person whose they are.
    """

    added: int = 0
    known: int = 0
    moved: int = 0
    renewed: int = 0
    shared: tuple[SharedPhoto, ...] = ()

    def __add__(self, other: "WriteCounts") -> "WriteCounts":
        return WriteCounts(
            *(getattr(self, each.name) + getattr(other, each.name) for each in fields(self))
        )


@dataclass(frozen=True)
class FaceRow:
    """A face that should be in the gallery.

    Parameters:
        digest: the hash of the photo's file.
        person: who it is.
        photo: the photo's name.
        row: among the embeddings.
        face: which face of the photo, 0 for the largest.
        quality: 0 … 1, None where nobody measured it.
        shared: what to do where it is another person's.
    """

    digest: str
    person: str
    photo: str
    row: int
    face: int = 0
    quality: float | None = None
    shared: SharedPolicy = "move"

    @property
    def key(self) -> tuple[str, str, int]:
        """What is in a gallery once."""
        return self.digest, self.person, self.face


@dataclass
class EnrollmentPlan:
    """What is to be written.

    Parameters:
        added: faces that are new.
        renewed: faces with a new vector.
        moved: faces that change hands, each with the row they had, whose vector stays.
        obsolete: ids of rows to remove.
        shared: faces that are refused.
        known: how many stay as they are.
        moved_and_renewed: how many of those renewed were another person's.
    """

    added: list[FaceRow] = field(default_factory=list)
    renewed: list[FaceRow] = field(default_factory=list)
    moved: list[tuple[FaceRow, GalleryPhoto]] = field(default_factory=list)
    obsolete: list[int] = field(default_factory=list)
    shared: list[SharedPhoto] = field(default_factory=list)
    known: int = 0
    moved_and_renewed: int = 0

    @property
    def counts(self) -> WriteCounts:
        """What became of the faces, once it is written."""
        return WriteCounts(
            len(self.added),
            self.known,
            len(self.moved) + self.moved_and_renewed,
            len(self.renewed) - self.moved_and_renewed,
            tuple(self.shared),
        )


def face_rows(
    embeddings: Embeddings,
    digests: Sequence[str],
    faces: Sequence[int] | None,
    qualities: Sequence[float | None] | None,
    shared: SharedPolicy | Sequence[SharedPolicy],
) -> list[FaceRow]:
    """A row for each embedding.

    Parameters:
        embeddings: N of them.
        digests: the hash of each photo's file.
        faces: which face of its photo each is; by default the largest.
        qualities: of each face.
        shared: what to do with photos of others, for all or for each.

    Raises DataError where another number of these is given, ConfigError for another policy.
    """
    count = len(embeddings)
    policies = [shared] * count if isinstance(shared, str) else list(shared)
    for policy in {*policies}:
        check_policy(policy)
    numbers = [0] * count if faces is None else list(faces)
    measured = [None] * count if qualities is None else list(qualities)
    columns = (digests, embeddings.identities, embeddings.photos, numbers, measured, policies)
    if {len(column) for column in columns} != {count}:
        raise DataError(f"Expected a value for each of {count} photos, got more or less of some.")
    return [
        FaceRow(digest, person, photo, row, int(face), quality, policy)
        for row, (digest, person, photo, face, quality, policy) in enumerate(zip(*columns))
    ]


def check_policy(shared: str) -> None:
    """Raise ConfigError for a word, `shared`, that is no `SharedPolicy`."""
    if shared not in get_args(SharedPolicy):
        raise ConfigError(
            f"Expected refuse, keep or move for photos of several people, got '{shared}'. "
            "Choose one."
        )


def plan_enrollment(
    rows: Sequence[FaceRow], enrolled: Mapping[str, Collection[GalleryPhoto]], recipe: str
) -> EnrollmentPlan:
    """What is to be written.

    Parameters:
        rows: the faces that should be in the gallery.
        enrolled: what there is of these photos, by digest.
        recipe: how the photos were read, "" where that is not known: then no vector is renewed.

    Raises DataError where two faces of one photo are of one person, or one face is to be moved to
    two people.
    """
    plan, wanted = EnrollmentPlan(), _without_copies(rows)
    plan.known = len(rows) - len(wanted)
    fresh: list[FaceRow] = []
    for row in wanted:
        same = [old for old in enrolled.get(row.digest, ()) if old.face == row.face]
        own = next((old for old in same if old.person == row.person), None)
        if own is None:
            fresh.append(row)
        elif recipe in ("", own.recipe):
            plan.known += 1
        else:
            plan.renewed.append(row)
            plan.obsolete.append(own.id)
    _check_claims(fresh)
    for row in fresh:
        others = [old for old in enrolled.get(row.digest, ()) if old.face == row.face]
        _plan_new(plan, row, others, recipe)
    return plan


def _plan_new(
    plan: EnrollmentPlan, row: FaceRow, others: Sequence[GalleryPhoto], recipe: str
) -> None:
    """A face that is not the person's in the gallery, but perhaps that of `others`."""
    if not others or row.shared == "keep":
        plan.added.append(row)
    elif row.shared == "refuse":
        plan.shared.append(SharedPhoto(row.photo, row.person, others[0]))
    elif recipe in ("", others[0].recipe):
        plan.moved.append((row, others[0]))
        plan.obsolete += [other.id for other in others[1:]]
    else:
        plan.renewed.append(row)
        plan.moved_and_renewed += 1
        plan.obsolete += [other.id for other in others]


def _without_copies(rows: Sequence[FaceRow]) -> list[FaceRow]:
    """Each face once; a person may have a photo under several names."""
    first: dict[tuple[str, str, int], FaceRow] = {}
    for row in rows:
        same = first.setdefault(row.key, row)
        if same is not row and same.photo == row.photo:
            raise DataError(
                f"{row.photo} has several faces that are all to be {row.person}'s. A person has "
                "one face in a photo: choose one or largest."
            )
    return list(first.values())


def _check_claims(rows: Sequence[FaceRow]) -> None:
    """Raise DataError where a face is to be several people's, unless by word."""
    claims: dict[tuple[str, int], list[FaceRow]] = {}
    for row in rows:
        claims.setdefault((row.digest, row.face), []).append(row)
    for several in claims.values():
        if len(several) > 1 and any(row.shared != "keep" for row in several):
            names = " and ".join(f"{row.photo} ({row.person})" for row in several)
            raise DataError(
                f"{names} are the same photo, and it shows one person. Leave one out, or keep it "
                'under both by shared="keep".'
            )
