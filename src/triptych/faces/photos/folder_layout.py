"""Who the folders of a set are: people, parts of the set, or albums within a person's folder."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from ...frame.errors import DataError
from ...frame.registry import unknown_name_error

NAMED = 5  # folders that a note names

# parts of a set, with or without a number: train, val, gallery, probe, fold_3, part-01
PART = re.compile(
    r"(train|training|val|valid|validation|test|testing|dev|devtest|eval|evaluation|gallery|probes?"
    r"|quer(y|ies)|enroll?|enrollment|distractors?|holdout|fold|split|part|shard|subset|batch)"
    r"([-_ .]?(set|images|photos|data))?([-_ .]?\d+([-_ ]?of[-_ ]?\d+)?)?",
    re.IGNORECASE,
)
NUMBER = re.compile(r"\d+")
YEAR = re.compile(r"(19|20)\d\d")
# what people and cameras call the folders in a folder of photos of one person
ALBUM = re.compile(
    r"(19|20)\d\d([-_. ]?\d\d([-_. ]?\d\d)?)?([-_ ].*)?|\d{3}[A-Z_]{5}|DCIM|camera|selfies?|faces?"
    r"|crops?|cropped|aligned|raw|originals?|photos?|pictures?|pics|images?|imgs?|jpe?g|png|heic",
    re.IGNORECASE,
)

PERSON_OF: dict[str, Callable[[Sequence[str]], str]] = {
    "first": lambda path: path[0],
    "last": lambda path: path[-1],
    "path": "/".join,
}
PERSON_FOLDERS = ("auto", *PERSON_OF)

Parts = tuple[str, ...]  # the folders of a path, from the outermost


@dataclass(frozen=True)
class FolderLayout:
    """Which person each folder with photos is.

    Parameters:
        people: the person by folder, as `folder_of` gives it; "" for photos that lie beside the
            people's folders of a part of the set.
        notes: what was joined and how folders were read, each in a line for the user.
    """

    people: Mapping[str, str]
    notes: tuple[str, ...] = ()


@dataclass
class _Reading:
    """What is found out on the way.

    `people` has the person of each folder, `places` the folders in which each person's folder lies,
    `parts` and `albums` the folders that were read as such.
    """

    people: dict[Parts, Parts] = field(default_factory=dict)
    parts: set[str] = field(default_factory=set)
    places: dict[Parts, set[Parts]] = field(default_factory=lambda: defaultdict(set))
    albums: list[Parts] = field(default_factory=list)


def folder_of(name: str) -> str:
    """The folder a photo lies in, in one spelling of accented letters; "" for none.

    Parameters:
        name: of the photo, with slashes.

    >>> folder_of("train/Ann/1.jpg")
    'train/Ann'
    """
    return unicodedata.normalize("NFC", PurePosixPath(name).parent.as_posix()).removeprefix(".")


def read_layout(folders: Iterable[str], source: str, person_folder: str = "auto") -> FolderLayout:
    """Tell the people of a set by its folders. Where that is not said:

    - A folder of the first level is a person; what lies in folders below it (Ann/2019) is of that
      person, if it holds photos itself or a folder below it is called like an album or a year.
    - train, val, gallery, probe, shard_07, 000 … with people's folders in them are parts of one
      set: people of the same name in several are one person.
    - Any other folder of folders is part of the name: night/Ann.

    Parameters:
        folders: all that hold photos, as `folder_of` gives them; "" is passed over.
        source: what errors call the set.
        person_folder: which folder of a photo's path is the person: the "first", the "last", or all
            of the "path"; "auto" is as above.

    Raises DataError where that would be a guess: people of the same name in folders that are no
    known parts of a set, and folders that are numbers; UnknownNameError for another word.
    """
    if person_folder not in PERSON_FOLDERS:
        raise unknown_name_error(person_folder, PERSON_FOLDERS, "choice of person folder")
    if person_folder != "auto":
        person_of = PERSON_OF[person_folder]
        return FolderLayout({path: person_of(path.split("/")) for path in folders if path})
    paths = {tuple(folder.split("/")) for folder in folders if folder}
    reading = _Reading()
    _read_level(paths, (), (), reading, source)
    _check_repeats(reading, source)
    people = {"/".join(path): "/".join(person) for path, person in reading.people.items()}
    return FolderLayout(people, tuple(_notes(reading)))


def _read_level(
    paths: set[Parts], before: Parts, prefix: Parts, reading: _Reading, source: str
) -> None:
    """Read the folders of one level, and those below.

    Parameters:
        paths: of folders with photos, relative to this level.
        before: the folders that this level lies in.
        prefix: those of them that are part of people's names.
        reading: filled.
        source: what errors call the set.
    """
    below: dict[str, set[Parts]] = defaultdict(set)
    for path in paths:
        below[path[0]].add(path[1:])
    for name, inner in sorted(below.items()):
        here, nested = (*before, name), inner - {()}
        names, has_photos = {path[0] for path in nested}, () in inner
        if nested and _is_part(name, names, has_photos):
            reading.parts.add("/".join(here))
            if has_photos:
                reading.people[here] = ()
            _read_level(nested, here, prefix, reading, source)
        elif has_photos or any(map(ALBUM.fullmatch, names)):
            reading.people |= {(*here, *path): (*prefix, name) for path in inner}
            reading.places[*prefix, name].add(before)
            reading.albums += [(*here, *path) for path in nested]
        elif numbers := sorted(filter(NUMBER.fullmatch, names)):
            raise _ambiguous_error("/".join(here), numbers[0], source)
        else:
            _read_level(nested, here, (*prefix, name), reading, source)


def _is_part(name: str, inner: set[str], has_photos: bool) -> bool:
    """Whether a folder with folders is a part of a set, and not a person."""
    if all(map(ALBUM.fullmatch, inner)):
        return False
    if PART.fullmatch(name):
        return True
    is_number = NUMBER.fullmatch(name) is not None
    return is_number and not has_photos and not any(map(NUMBER.fullmatch, inner))


def _ambiguous_error(folder: str, number: str, source: str) -> DataError:
    return DataError(
        f"{source}: is {folder} a person, or {folder}/{number}? Say so: --person-folder first "
        f"takes {folder.split('/')[0]}, last takes {number}, path takes {folder}/{number}."
    )


def _check_repeats(reading: _Reading, source: str) -> None:
    """Raise DataError where two people end in one name: most likely they are one person."""
    by_name: dict[str, set[Parts]] = defaultdict(set)
    for person in reading.people.values():
        if person:
            by_name[person[-1]].add(person)
    repeated = sorted(name for name, people in by_name.items() if len(people) > 1)
    if not repeated:
        return
    first, second = ("/".join(path) for path in sorted(by_name[repeated[0]])[:2])
    more = f" ({len(repeated)} such names)" if len(repeated) > 1 else ""
    raise DataError(
        f"{source}: is {first} the same person as {second}?{more} Say so: --person-folder last "
        "joins them, path keeps them apart."
    )


def _notes(reading: _Reading) -> Iterable[str]:
    if reading.parts:
        read = "are parts of one set" if len(reading.parts) > 1 else "is a part of the set"
        joined = sum(len(places) > 1 for places in reading.places.values())
        also = f"; {joined} people are in several of them and joined" if joined else ""
        yield f"{_list(reading.parts)} {read} and no person{also}."
    if reading.albums:
        albums = {"/".join(path) for path in reading.albums}
        yield f"folders in a person's folder count as that person's: {_list(albums)}."
    nested = {"/".join(person) for person in reading.people.values() if len(person) > 1}
    if nested:
        yield f"people are named by the folders they lie in: {_list(nested)}."


def _list(names: set[str]) -> str:
    shown = ", ".join(sorted(names)[:NAMED])
    return shown if len(names) <= NAMED else f"{shown} and {len(names) - NAMED} more"
