"""Photos that lie in the folders of several people, without reading most of them whole."""

import os
import zipfile
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from ....frame.storage.read_ahead import read_images
from ...gallery.enrollment.listing import GalleryPhoto
from ...photos.identity_folder import ImageFile, content_hash

SAMPLE = 256  # bytes from the middle of files of one size, which tell most of them apart


def photos_of_several(
    photos: Sequence[ImageFile], workers: int | None = None
) -> dict[str, tuple[ImageFile, ...]]:
    """The photos that are the same file as one of another person, by name, each with all of these.

    Only files that look the same are read whole: those of one size and some equal bytes, or in a
    zip of one checksum.

    Parameters:
        photos: of people.
        workers: threads that read.
    """
    looks: dict[Hashable, list[ImageFile]] = defaultdict(list)
    packed = _packed(photos)
    for photo in photos:
        if (look := packed.get((photo.folder, photo.name)) or _look(photo)) is not None:
            looks[look].append(photo)
    candidates = [photo for group in looks.values() if _people(group) > 1 for photo in group]
    same_file: dict[bytes, list[ImageFile]] = defaultdict(list)
    for photo, digest in read_images(_digest, candidates, workers=workers):
        if isinstance(digest, bytes):  # else it is refused when it is read
            same_file[digest].append(photo)
    groups = [tuple(group) for group in same_file.values() if _people(group) > 1]
    return {photo.name: group for group in groups for photo in group}


def shared_reason(person: str, people: Mapping[str, str]) -> str:
    """Why a photo is refused.

    Parameters:
        person: whose folder it is in.
        people: the names of all photos of the same file, each with its person.
    """
    others = " and ".join(name for name, other in people.items() if other != person)
    return (
        f"is the same photo as {others}, and shows one person. Take it out of one folder, or keep "
        "it under both: --shared keep."
    )


def elsewhere_reason(other: GalleryPhoto) -> str:
    """Why a photo is refused that is another person's in the gallery.

    Parameters:
        other: the photo there.
    """
    place = f"{other.photo} of {other.source}" if other.source else other.photo
    return (
        f"is in the gallery already under {other.person} ({place}), and shows one person. "
        "--shared move takes it from there, --shared keep has it under both."
    )


def _people(photos: Sequence[ImageFile]) -> int:
    return len({photo.person for photo in photos})


def _digest(photo: ImageFile) -> bytes:
    return bytes.fromhex(content_hash(photo.bytes()))


def _packed(photos: Sequence[ImageFile]) -> dict[tuple[Path, str], Hashable]:
    """Size and checksum of the files that lie in zips, as the zips say."""
    looks: dict[tuple[Path, str], Hashable] = {}
    for place in {photo.folder for photo in photos}:
        if place.is_file():
            with suppress(OSError, zipfile.BadZipFile), zipfile.ZipFile(place) as packed:
                for each in packed.infolist():
                    looks[place, each.filename] = each.file_size, each.CRC
    return looks


def _look(photo: ImageFile) -> Hashable:
    """Size and some bytes of a file; None where it cannot be read."""
    if photo.content is not None:
        size = len(photo.content)
        return size, photo.content[size // 2 :][:SAMPLE]
    with suppress(OSError, ValueError), (photo.folder / photo.name).open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        file.seek(size // 2)
        return size, file.read(SAMPLE)
    return None
