"""Photos of people: a folder a person, or a zip of such folders."""

import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path, PurePosixPath
from zlib import error as ZlibError

from PIL import Image

from ..frame.decoding import FORMATS
from ..frame.errors import BadData, BadImage, BadSetting

LARGEST = 2**28  # bytes: no photo is larger, so no zip unpacks to more


@dataclass(frozen=True)
class PhotoFile:
    """A photo that has not been opened yet; `name` tells it from all others of its folder."""

    name: str  # "Ariel_Sharon/Ariel_Sharon_0001.jpg"
    person: str  # "Ariel_Sharon"
    folder: Path  # where the people are: a folder, or a zip

    def bytes(self) -> bytes:
        """The file's content. Raises BadImage where it cannot be read."""
        try:
            if self.folder.is_dir():
                path = self.folder / self.name
                if path.stat().st_size > LARGEST:
                    raise BadImage(f"{path} is larger than {LARGEST >> 20} MB. Shrink it.")
                return path.read_bytes()
            status = self.folder.stat()
            with _packed(self.folder, status.st_size, status.st_mtime_ns).open(self.name) as file:
                content = file.read(LARGEST + 1)
        except (OSError, zipfile.BadZipFile, KeyError, RuntimeError, ZlibError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise BadImage(f"Cannot read {self.name} in {self.folder}: {reason}.") from error
        if len(content) > LARGEST:
            raise BadImage(f"{self.name} unpacks to more than {LARGEST >> 20} MB. Shrink it.")
        return content


def digest(content: bytes) -> str:
    """What tells a photo from all others, whatever it is called."""
    return sha256(content).hexdigest()


@dataclass(frozen=True)
class People:
    """Who is in a folder, and their photos, by person and then by name."""

    folder: Path
    photos: tuple[PhotoFile, ...]

    def __len__(self) -> int:
        return len(self.counts)

    @property
    def counts(self) -> Counter[str]:
        """How many photos each person has."""
        return Counter(photo.person for photo in self.photos)

    def of(self, *names: str) -> "People":
        """Those of these names only."""
        wanted = set(names)
        return People(self.folder, tuple(p for p in self.photos if p.person in wanted))

    def with_at_least(self, photos: int, purpose: str) -> "People":
        """Those who have so many photos. Raises BadSetting where fewer than two people have;
        `purpose` ("training") ends the sentence."""
        kept = [name for name, count in self.counts.items() if count >= photos]
        if len(kept) < 2:
            raise BadSetting(
                f"{self.folder}: {len(kept)} of {len(self)} people have {photos} photos or more; "
                f"{purpose} needs 2 such people at least. Add photos."
            )
        return self.of(*kept)


def people(folder: str | Path) -> People:
    """The people in a folder: each folder that holds photos itself is a person, named by its path.

    A zip of such folders is read in place. Hidden files and folders are passed over. Files are
    not opened, so a damaged one is found later, where it is read.

    Raises BadData where there is nothing to read, or no photo in it.
    """
    place = Path(folder).expanduser()
    try:
        names = sorted(_zipped(place) if place.is_file() else _listed(place))
    except (OSError, zipfile.BadZipFile) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BadData(
            f"Expected a folder with a folder of photos for each person, or a zip of it, but "
            f"{place} cannot be read: {reason}."
        ) from error
    photos = [PhotoFile(name, _person(name), place) for name in names if _is_photo(name)]
    photos = [photo for photo in photos if photo.person]
    if not photos:
        raise BadData(
            f"Expected a folder of photos for each person in {place}, found no photo in a folder. "
            "Lay them out as PERSON/PHOTO.jpg."
        )
    return People(place, tuple(sorted(photos, key=lambda photo: (photo.person, photo.name))))


@lru_cache(maxsize=4)
def _packed(place: Path, size: int, modified: int) -> zipfile.ZipFile:
    """A zip kept open, for its list is read anew each time it is opened (threads may share it).
    `size` and `modified` tell when to look anew."""
    return zipfile.ZipFile(place)


def _listed(place: Path) -> Iterator[str]:
    if not place.is_dir():
        raise FileNotFoundError(2, "no such folder")
    return (path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file())


def _zipped(place: Path) -> list[str]:
    with zipfile.ZipFile(place) as packed:
        return [entry.filename for entry in packed.infolist() if not entry.is_dir()]


def _person(name: str) -> str:
    """The folder a photo lies in, in one spelling of accented letters."""
    return unicodedata.normalize("NFC", PurePosixPath(name).parent.as_posix()).removeprefix(".")


def _is_photo(name: str) -> bool:
    path = PurePosixPath(name)
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    kind = Image.registered_extensions().get(path.suffix.lower(), "")
    return not hidden and kind in FORMATS
