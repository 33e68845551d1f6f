"""People from several places: folders and zips of people, or photos of one who is named."""

import zipfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from ...frame.errors import DataError
from ...frame.storage.folders.signature import START, is_image
from ...frame.storage.image_folder import SkippedImage, list_folder
from .folder_layout import ALBUM
from .identity_folder import IdentityFolder, ImageFile, load_identities


def load_sources(
    sources: Sequence[str | Path], *, name: str = "", person_folder: str = "auto"
) -> list[IdentityFolder]:
    """The people of several folders or zips, each for itself; `merge_identities` joins them.

    Parameters:
        sources: folders of a folder of photos for each person, or zips of them; with a `name`
            photos, folders and zips of photos of this one person.
        name: whose photos they all are.
        person_folder: as `load_identities` takes it.

    Raises DataError as `load_identities`; for a photo without a name; and for a folder of several
    people with one.
    """
    if name:
        return [_photos_of(sources, name)]
    places = {Path(source).resolve(): Path(source) for source in sources}
    for place in places.values():
        if _is_photo(place):
            raise DataError(f"{place} is a photo, not a folder of people. Say whose: --name NAME.")
    return [load_identities(place, person_folder) for place in places.values()]


def merge_identities(parts: Sequence[IdentityFolder]) -> IdentityFolder:
    """The people of several folders as those of one; the same name in two is the same person.

    Photos of the same name in two of them get the path of their folder before it.

    Parameters:
        parts: one at least.
    """
    if len(parts) == 1:
        return parts[0]
    count = Counter(photo.name for part in parts for photo in part.photos)
    photos = [
        _with_folder(photo) if count[photo.name] > 1 else photo
        for part in parts
        for photo in part.photos
    ]
    photos.sort(key=lambda photo: (photo.person, photo.name))
    left_out = tuple(each for part in parts for each in part.left_out)
    notes = [note for part in parts for note in part.notes]
    places: dict[str, set[Path]] = defaultdict(set)
    for photo in photos:
        places[photo.person].add(photo.folder)
    joined = sum(len(folders) > 1 for folders in places.values())
    if joined:
        notes.append(f"{joined} people are in several of the folders and joined.")
    return replace(parts[0], photos=tuple(photos), left_out=left_out, notes=tuple(notes))


def _with_folder(photo: ImageFile) -> ImageFile:
    name = f"{photo.folder.as_posix()}/{photo.name}"
    return replace(photo, name=name, entry=photo.entry or photo.name)


def _photos_of(sources: Sequence[str | Path], name: str) -> IdentityFolder:
    """Photos, and all photos in folders and zips, as those of one person; named by their paths."""
    photos: dict[str, ImageFile] = {}
    left_out: list[SkippedImage] = []
    for place in map(Path, sources):
        if not (place.is_dir() or zipfile.is_zipfile(place)):
            path = place.absolute()
            found = [ImageFile(path.as_posix(), name, path.parent, entry=path.name)]
        else:
            listing = list_folder(place, "photos of one person")
            _check_one_person(place, listing.names, name)
            path = place.absolute()
            found = [_with_folder(ImageFile(entry, name, path)) for entry in listing.names]
            left_out += listing.left_out
        photos |= {photo.name: photo for photo in found}
    if not photos:
        reason = f" Left out: {left_out[0].reason}" if left_out else ""
        raise DataError(f"Expected photos of {name}, found none in {sources[0]}.{reason}")
    root = Path(Path.cwd().anchor)  # names are whole paths
    return IdentityFolder(root, tuple(photos.values()), tuple(left_out), complete=False)


def _check_one_person(place: Path, names: Sequence[str], person: str) -> None:
    """Raise DataError where folders in a folder may well be other people's."""
    folders = {PurePosixPath(name).parts[0] for name in names if "/" in name}
    others = sorted(
        folder for folder in folders if not ALBUM.fullmatch(folder) and folder != person
    )
    if others:
        raise DataError(
            f"{place} holds folders of photos, as {others[0]}: all of {person}? Name the folders "
            "whose photos are, or leave --name out, and each folder is a person."
        )


def _is_photo(place: Path) -> bool:
    try:
        with place.open("rb") as file:
            return is_image(file.read(START))
    except OSError:
        return False  # a folder, or told where it is read
