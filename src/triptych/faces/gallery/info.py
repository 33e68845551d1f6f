"""What a gallery says of itself and of the people in it, whichever encoder it was made with."""

import json
from dataclasses import dataclass

from sqlalchemy import Connection, Table, func, select

from ...frame.errors import GalleryError
from ..calibration.calibration import Calibration
from .schema import GalleryState, state
from .tables import FACES, PEOPLE


@dataclass(frozen=True)
class GalleryPerson:
    """A person in a gallery.

    Parameters:
        name: as enrolled.
        photos: how many are enrolled.
    """

    name: str
    photos: int


@dataclass(frozen=True)
class GalleryInfo:
    """What can be told of a gallery without its encoder.

    Parameters:
        encoder: fingerprint of the encoder its vectors are made with.
        size: numbers in a vector.
        people: how many are enrolled.
        photos: how many are enrolled, of all people together.
        calibration: the threshold kept in it, if any.
    """

    encoder: str
    size: int
    people: int
    photos: int
    calibration: Calibration | None


def read_info(connection: Connection, name: str, tenant: str = "") -> GalleryInfo:
    """What the gallery says of itself.

    Parameters:
        connection: in a transaction.
        name: what errors call the gallery.
        tenant: whose people and photos are counted.

    Raises GalleryError where it is damaged.
    """
    now = state(connection, name)
    people = count_rows(connection, PEOPLE, tenant)
    photos = count_rows(connection, FACES, tenant)
    return GalleryInfo(now.encoder, now.size, people, photos, calibration_of(now))


def list_people(connection: Connection, tenant: str = "") -> list[GalleryPerson]:
    """The people of a `tenant` by name, with how many photos each has, through a `connection`."""
    photos = func.count(FACES.c.id)
    query = select(PEOPLE.c.name, photos).join(FACES).where(FACES.c.tenant == tenant)
    query = query.group_by(PEOPLE.c.id, PEOPLE.c.name)
    people = [GalleryPerson(*row) for row in connection.execute(query)]
    return sorted(people, key=lambda person: person.name)


def count_rows(connection: Connection, table: Table, tenant: str = "") -> int:
    """How many rows of a `table`, seen through a `connection`, are of a `tenant`."""
    query = select(func.count()).select_from(table).where(table.c.tenant == tenant)
    return connection.scalar(query) or 0


def calibration_of(state: GalleryState) -> Calibration | None:
    """The calibration kept in a gallery. Raises GalleryError or DataError for a damaged one."""
    if not state.calibration:
        return None
    try:
        value = json.loads(state.calibration)
    except ValueError as error:
        raise GalleryError("The gallery's calibration is damaged. Calibrate anew.") from error
    return Calibration.from_dict(value, "The gallery's calibration")


def missing_error(name: str) -> GalleryError:
    """The error for a gallery, `name`, that is not there."""
    return GalleryError(
        f"There is no gallery {name}. Enroll people first: `triptych faces enroll FOLDER "
        "--gallery GALLERY`."
    )
