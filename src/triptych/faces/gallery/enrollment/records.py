"""What a gallery answers from its tables, without looking for faces."""

import json
from collections.abc import Iterable

from sqlalchemy import update

from ...calibration.calibration import Calibration
from ...encoders._encoder import same_encoder
from ..database import Database
from ..info import GalleryPerson, calibration_of, count_rows, list_people
from ..schema import GalleryState, state
from ..tables import FACES, FACTS
from ..writes import increment
from .listing import GalleryPhoto, GalleryRecipe, all_photos, list_recipes, photos_with_digests


class GalleryRecords:
    """Who is in a gallery, with which photos, and by which encoder."""

    def __init__(self, database: Database, tenant: str):
        """
        Parameters:
            database: one that holds a gallery.
            tenant: whose people.
        """
        self.database = database
        self.tenant = tenant

    @property
    def encoder(self) -> str:
        """The fingerprint of the encoder its vectors are made with."""
        return self._stored().encoder

    @property
    def dim(self) -> int:
        """Numbers in a vector."""
        return self._stored().size

    def enrolled_as(self, digests: Iterable[str]) -> dict[str, str]:
        """The person with whom each photo is enrolled, by its digest; others are left out. Of
        several people it is the one enrolled last."""
        return {d: faces[-1].person for d, faces in self.photos_with(digests).items()}

    def photos_with(self, digests: Iterable[str]) -> dict[str, list[GalleryPhoto]]:
        """The enrolled faces of photos, by the digest of each; others are left out."""
        with self.database.read_transaction() as connection:
            return photos_with_digests(connection, digests, self.tenant)

    def photos(self) -> list[GalleryPhoto]:
        """All enrolled faces, the oldest first, without their vectors."""
        with self.database.read_transaction() as connection:
            return all_photos(connection, self.tenant)

    def recipes(self) -> list[GalleryRecipe]:
        """How the photos were read, the most frequent first."""
        with self.database.read_transaction() as connection:
            return list_recipes(connection, self.tenant)

    def people(self) -> list[GalleryPerson]:
        """Who is enrolled, by name."""
        with self.database.read_transaction() as connection:
            return list_people(connection, self.tenant)

    @property
    def calibration(self) -> Calibration | None:
        """The threshold that goes with the gallery; setting it writes it there."""
        return calibration_of(self._stored())

    @calibration.setter
    def calibration(self, value: Calibration | None) -> None:
        with self.database.write_transaction() as connection:
            now = state(connection, self.database.name)
            if value is not None:
                same_encoder(now.encoder, value.encoder, f"The gallery {self.database.name}")
            record = "" if value is None else json.dumps(value.to_dict())
            increment(connection, "changes")
            row = FACTS.c.name == "calibration"
            connection.execute(update(FACTS).where(row).values(value=record))

    def __len__(self) -> int:
        with self.database.read_transaction() as connection:
            return count_rows(connection, FACES, self.tenant)

    def _stored(self) -> GalleryState:
        with self.database.read_transaction() as connection:
            return state(connection, self.database.name)
