"""Photos of people: a folder a person, or a zip of such folders."""

from collections import Counter
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from ...frame.errors import ConfigError, DataError
from ...frame.storage.image_folder import SkippedImage, list_folder, read_bytes
from .folder_layout import folder_of, read_layout

EXPECTED = "a folder with a folder of photos for each person, or a zip of it"
NO_PERSON = (
    "lies in no folder of a person; move it into one, or enroll it by itself with "
    "`faces enroll --name NAME`"
)


@dataclass(frozen=True)
class ImageFile:
    """A photo of a person that has not been opened yet.

    Parameters:
        name: tells it from all others of its folder: "Ariel_Sharon/Ariel_Sharon_0001.jpg".
        person: who is on it: "Ariel_Sharon".
        folder: where the people are, a folder or a zip.
        content: the bytes of the file, where they were read already.
        entry: its path in the folder, where that is not its name.
    """

    name: str
    person: str
    folder: Path
    content: bytes | None = field(default=None, repr=False, compare=False)
    entry: str = ""

    def bytes(self) -> bytes:
        """The file's content. Raises ImageError where it cannot be read."""
        if self.content is not None:
            return self.content
        return read_bytes(self.folder, self.entry or self.name)


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
        notes: how folders were read where that is no matter of course, each in a line for the user:
            which were joined, which count as a person's.
        complete: whether they are all the photos that are in the folder.
    """

    folder: Path
    photos: tuple[ImageFile, ...]
    left_out: tuple[SkippedImage, ...] = ()
    notes: tuple[str, ...] = ()
    complete: bool = True

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


def load_identities(
    folder: "str | Path | IdentityFolder", person_folder: str = "auto"
) -> IdentityFolder:
    """The people in a folder or a zip, by the names of their folders: PERSON/PHOTO.jpg.

    Folders in a person's folder are that person's, parts of a set (train/PERSON, val/PERSON) are
    joined, and `notes` say so; see `read_layout`. Hidden files and folders are passed over. Images
    are not opened, so a damaged one is found later, where it is read.

    Parameters:
        folder: a folder or a zip; or people that were loaded before, who are given back.
        person_folder: which folder of a photo's path is the person: "first", "last", all of the
            "path", or "auto": by a look at the folders.

    Raises DataError where there is nothing to read, no photo in it, or where it cannot be told
    which folders are people.
    """
    if isinstance(folder, IdentityFolder):
        return folder
    place = Path(folder)
    listing = list_folder(place, EXPECTED)
    folders = {name: folder_of(name) for name in listing.names}
    layout = read_layout(set(folders.values()), str(place), person_folder)
    photos, nobodys = [], []
    for name, folder_name in folders.items():
        person = layout.people.get(folder_name, "")
        if person:
            photos.append(ImageFile(name, person, place))
        else:
            nobodys.append(SkippedImage(name, f"{place / name}: {NO_PERSON}."))
    left_out = (*listing.left_out, *nobodys)
    if not photos:
        reason = f" Left out: {left_out[0].reason}" if left_out else ""
        raise DataError(
            f"Expected a folder of photos for each person in {place}, found no photo in a folder. "
            f"Lay them out as PERSON/PHOTO.jpg.{reason}"
        )
    photos.sort(key=lambda photo: (photo.person, photo.name))
    return IdentityFolder(place, tuple(photos), left_out, layout.notes)
