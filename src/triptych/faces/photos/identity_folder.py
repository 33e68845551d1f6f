"""Photos of people: a folder a person, or a zip of such folders."""

import unicodedata
from collections import Counter
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path, PurePosixPath

from ...frame.errors import ConfigError, DataError
from ...frame.storage.image_folder import SkippedImage, list_folder, read_bytes


@dataclass(frozen=True)
class ImageFile:
    """A photo of a person that has not been opened yet.

    Parameters:
        name: tells it from all others of its folder: "Ariel_Sharon/Ariel_Sharon_0001.jpg".
        person: who is on it: "Ariel_Sharon".
        folder: where the people are, a folder or a zip.
        content: the bytes of the file, where they were read already.
    """

    name: str
    person: str
    folder: Path
    content: bytes | None = field(default=None, repr=False, compare=False)

    def bytes(self) -> bytes:
        """The file's content. Raises ImageError where it cannot be read."""
        return read_bytes(self.folder, self.name) if self.content is None else self.content


def content_hash(content: bytes) -> str:
    """What tells a photo from all others, whatever it is called: the sha256 of its file."""
    return sha256(content).hexdigest()


@dataclass(frozen=True)
class IdentityFolder:
    """The photos of people, by person and then by name.

    Parameters:
        folder: where they are, a folder or a zip.
        photos: not opened yet.
        left_out: what else is in the folder and not hidden, each with the reason.
    """

    folder: Path
    photos: tuple[ImageFile, ...]
    left_out: tuple[SkippedImage, ...] = ()

    def __len__(self) -> int:
        return len(self.counts)

    @property
    def counts(self) -> Counter[str]:
        """How many photos each person has."""
        return Counter(photo.person for photo in self.photos)

    def subset(self, *names: str) -> "IdentityFolder":
        """The people of these names only."""
        wanted = set(names)
        return replace(self, photos=tuple(p for p in self.photos if p.person in wanted))

    def with_min_photos(self, photos: int, purpose: str) -> "IdentityFolder":
        """Those who have so many photos.

        Parameters:
            photos: how many.
            purpose: what the error says they are needed for: "training".

        Raises ConfigError where fewer than two people have.
        """
        people = [name for name, count in self.counts.items() if count >= photos]
        if len(people) < 2:
            raise ConfigError(
                f"{self.folder}: {len(people)} of {len(self)} people have {photos} photos or more; "
                f"{purpose} needs 2 such people at least. Add photos."
            )
        return self.subset(*people)


def load_identities(folder: str | Path) -> IdentityFolder:
    """The people in a folder: each folder that holds photos itself is a person, named by its path.

    A zip of such folders is read in place. Hidden files and folders are passed over. Files are
    not opened, so a damaged one is found later, where it is read.

    Raises DataError where there is nothing to read, or no photo in it.
    """
    place = Path(folder)
    expected = "a folder with a folder of photos for each person, or a zip of it"
    listing = list_folder(place, expected)
    files = [ImageFile(name, _person(name), place) for name in listing.names]
    nobodys = [
        SkippedImage(file.name, f"{place / file.name}: lies in no folder of a person.")
        for file in files
        if not file.person
    ]
    photos = [file for file in files if file.person]
    left_out = (*listing.left_out, *nobodys)
    if not photos:
        reason = f" Left out: {left_out[0].reason}" if left_out else ""
        raise DataError(
            f"Expected a folder of photos for each person in {place}, found no photo in a folder. "
            f"Lay them out as PERSON/PHOTO.jpg.{reason}"
        )
    photos.sort(key=lambda photo: (photo.person, photo.name))
    return IdentityFolder(place, tuple(photos), left_out)


def _person(name: str) -> str:
    """The folder a photo lies in, in one spelling of accented letters."""
    return unicodedata.normalize("NFC", PurePosixPath(name).parent.as_posix()).removeprefix(".")
