"""The images of a COCO file, each with its annotations; large files never as a whole."""

import json
from array import array
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import numpy as np

from ....frame.errors import DataError
from ...structures.import_problems import ImportProblems
from .._reading.documents import read_json, stream_json

LARGEST_WHOLE = 2**24  # bytes; as Python values a file takes six times as much
ENCODER = json.JSONEncoder(separators=(",", ":"))
SHOWN = 60  # characters of an id, in a line


@dataclass
class CocoDocument:
    """What one file holds.

    Parameters:
        categories: as they stand in it.
        labelled: whether it has a list of annotations at all.
        count: of images.
        images: each image with its annotations, in the order of the file.
    """

    categories: list[Any]
    labelled: bool
    count: int
    images: Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]


@contextmanager
def open_document(
    path: Path, place: str, scratch: Path, problems: ImportProblems
) -> Iterator[CocoDocument]:
    """Read a COCO file, and bring annotations to their images.

    Parameters:
        path: of the file.
        place: what it is called in problems.
        scratch: a folder in which a large file is laid out, until the block ends.
        problems: told of entries that are none, of ids that come twice and of annotations without
            an image.

    Raises DataError for a file that is damaged or another tool's.
    """
    if path.stat().st_size <= LARGEST_WHOLE:
        value = read_json(path)
        lists = {name: _list(value, name, path) for name in ("images", "annotations", "categories")}
        document = _document(_Grouping(_InMemory(), place, problems), lists)
        document.labelled = "annotations" in value
        yield document
        return
    scratch.mkdir(parents=True, exist_ok=True)
    with TemporaryFile(dir=scratch) as file:
        names = ("images", "annotations", "categories")
        lists = {name: stream_json(path, f"{name}.item") for name in names}
        document = _document(_Grouping(_OnDisk(file), place, problems), lists)
        if not document.count:
            raise DataError(f'{path} has no list of "images": it is no COCO file.')
        yield document


def _document(grouping: "_Grouping", lists: Mapping[str, Iterable[Any]]) -> CocoDocument:
    grouping.add_images(lists["images"])
    grouping.add_annotations(lists["annotations"])
    labelled, count = len(grouping.annotations) > 0, len(grouping.handles)
    return CocoDocument(list(lists["categories"]), labelled, count, iter(grouping))


def _list(value: Any, name: str, path: Path) -> list[Any]:
    if not isinstance(value, dict) or not isinstance(value.get("images"), list):
        raise DataError(f'{path} has no list of "images": it is no COCO file.')
    entries = value.get(name, [])
    if not isinstance(entries, list):
        raise DataError(f'"{name}" of {path} must be a list, got {type(entries).__name__}.')
    return entries


class _InMemory:
    """Keeps entries, and gives each back by the number it got."""

    def __init__(self) -> None:
        self.entries: list[Any] = []

    def add(self, entry: Any) -> int:
        self.entries.append(entry)
        return len(self.entries) - 1

    def get(self, handle: int) -> Any:
        return self.entries[handle]


class _OnDisk:
    """The same, a line of JSON each."""

    def __init__(self, file: Any):
        self.file, self.end = file, 0

    def add(self, entry: Any) -> int:
        start = self.end
        self.end += self.file.write(ENCODER.encode(entry).encode() + b"\n")
        return start

    def get(self, handle: int) -> Any:
        self.file.seek(handle)
        return json.loads(self.file.readline())


class _Grouping:
    def __init__(self, store: _InMemory | _OnDisk, place: str, problems: ImportProblems):
        self.store, self.place, self.problems = store, place, problems
        self.indices: dict[Any, int] = {}  # of images, by id
        self.handles = array("q")  # of images
        self.owners = array("q")  # index of the image of each annotation
        self.annotations = array("q")  # their handles
        self.ids = array("q")

    def add_images(self, entries: Iterable[Any]) -> None:
        for number, entry in enumerate(entries, 1):
            key = entry.get("id") if isinstance(entry, dict) else None
            if not is_id(key):
                place = f"{self.place}, image no. {number}"
                self._tell("image without id", place, "it has no id", "image left out")
            elif key in self.indices:
                place = f"{self.place}, image {shown(key)}"
                detail = "its id comes twice; the first is used"
                self._tell("id that comes twice", place, detail, "image left out")
            elif (handle := self._stored(entry)) is None:
                self._tell_depth(f"{self.place}, image {shown(key)}", "image left out")
            else:
                self.indices[key] = len(self.handles)
                self.handles.append(handle)

    def add_annotations(self, entries: Iterable[Any]) -> None:
        for number, entry in enumerate(entries, 1):
            key = entry.get("id") if isinstance(entry, dict) else None
            image = entry.get("image_id") if isinstance(entry, dict) else None
            owner = self.indices.get(image) if is_id(image) else None
            if owner is None:
                place = self._annotation_place(key, number)
                detail = f"there is no image of the id {shown(image)}"
                self._tell("annotation without image", place, detail, "object left out")
                continue
            handle = self._stored(entry)
            if handle is None:
                self._tell_depth(self._annotation_place(key, number), "object left out")
                continue
            self.owners.append(owner)
            self.annotations.append(handle)
            if type(key) is int and abs(key) < 2**63:
                self.ids.append(key)
        self._tell_repeated_ids()

    def __iter__(self) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
        owners = np.array(self.owners, np.int64)
        handles = np.array(self.annotations, np.int64)[np.argsort(owners, kind="stable")]
        counts = np.bincount(owners, minlength=len(self.handles))
        start = 0
        for image, count in zip(self.handles, counts.tolist(), strict=True):
            mine = handles[start : start + count].tolist()
            yield self.store.get(image), [self.store.get(handle) for handle in mine]
            start += count

    def _annotation_place(self, key: Any, number: int) -> str:
        return f"{self.place}, annotation {shown(key) if is_id(key) else f'no. {number}'}"

    def _stored(self, entry: Any) -> int | None:
        with suppress(RecursionError):
            return self.store.add(entry)
        return None

    def _tell_depth(self, place: str, outcome: Any) -> None:
        self._tell("entry nested too deeply", place, "it is nested too deeply", outcome)

    def _tell_repeated_ids(self) -> None:
        ids, counts = np.unique(np.array(self.ids, np.int64), return_counts=True)
        for key in ids[counts > 1].tolist():
            place = f"{self.place}, annotation {key}"
            self._tell("id that comes twice", place, "its id comes twice; both are used", "mended")

    def _tell(self, kind: str, place: str, detail: str, outcome: Any) -> None:
        self.problems.add(kind, place, detail, outcome)


def is_id(key: Any) -> bool:
    """Whether a value can be an id: a whole number, also 0, or text.

    Parameters:
        key: what stood in the file.
    """
    return isinstance(key, (int, str)) and not isinstance(key, bool)


def shown(value: Any) -> str:
    """A value of a file, short enough for a line.

    Parameters:
        value: of any kind.
    """
    if type(value) is int and abs(value) < 2**63:
        return str(value)
    try:
        text = value if isinstance(value, str) else json.dumps(value)
    except (RecursionError, ValueError):
        text = type(value).__name__
    text = " ".join(text.split())
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
