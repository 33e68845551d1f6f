"""WebDataset: tar shards, read at random in place."""

import gzip
import json
import zlib
from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from ...frame.errors import DataError, ImageError
from ...frame.progress import ProgressCallback, ProgressEvent, no_progress
from ...frame.storage.files import make_folder, os_error_reason
from ..structures.annotated_image import AnnotatedImage
from ._embedded.masks import EmbeddedMasks
from ._embedded.objects import read_objects
from ._embedded.shards import Sample, stream_samples
from ._format import Format, Vocabulary
from ._reading.documents import finite
from ._reading.folders import files_in
from ._reading.splits import split_in, split_of

TARS, PACKED = (".tar",), (".tar.gz", ".tgz")
NAMES = ("classnames.txt", "classes.txt", "labels.txt")
LABELS = ("label", "class", "category", "class_name", "cls")
OBJECTS = ("objects", "annotations", "bboxes", "boxes")
MOST_TEXT = 64  # characters of a text that is a class; longer ones are captions
LARGEST = 2**37  # bytes that a packed shard may unpack to
CHUNK = 2**20
FIRST_LOOK = 1000  # samples of a shard among which masks are looked for
Labels = tuple[str, ...]


class Webdataset(Format):
    """Tar files in which the files of one sample follow each other and share a name up to the
    first dot: `0001.jpg`, `0001.cls`, `0001.json`, `0001.seg.png`.

    Pictures are read from the tar itself; gzipped shards are unpacked once.
    """

    title = "WebDataset"

    @classmethod
    def recognizes(cls, path: Path) -> int:
        """2 where there are tar files."""
        return 2 if _shards(path) else 0

    def read(self, progress: ProgressCallback = no_progress) -> Iterator[AnnotatedImage]:
        """The pictures in the order of the shards and in them.

        Parameters:
            progress: told how far it is, in shards.

        Raises DataError where there is no shard.
        """
        shards = _shards(self.path)
        if not shards:
            raise DataError(f"There is no shard (.tar, .tar.gz) in {self.path}.")
        self._masks = EmbeddedMasks(self.root, self.scratch, self.problems)
        for done, shard in enumerate(shards, 1):
            if tar := self._unpacked(shard):
                if self._masks.meaning is None:
                    samples = islice(stream_samples(tar, shard.name, None), FIRST_LOOK)
                    self._masks.decide(one.read(one.mask) for one in samples if one.mask)
                split = split_in(shard.name) or split_of(shard.parent.name)
                for one in stream_samples(tar, shard.name, self.problems):
                    yield from self._image(one, split)
            progress(ProgressEvent("read shards", done, len(shards)))

    def files(self) -> Iterator[Path]:
        """The shards, and the list of classes beside them."""
        yield from _shards(self.path)
        yield from (self.root / name for name in NAMES if (self.root / name).is_file())

    @property
    def vocabulary(self) -> Vocabulary:
        """The classes in the order of the list beside the shards."""
        return Vocabulary(tuple(dict.fromkeys([*self._names, *self._masks.classes])))

    @cached_property
    def _names(self) -> Labels:
        for name in NAMES:
            with suppress(OSError, UnicodeDecodeError):
                lines = (self.root / name).read_text("utf-8-sig").splitlines()
                return tuple(line.strip() for line in lines if line.strip())
        return ()

    def _image(self, one: Sample, split: str | None) -> Iterator[AnnotatedImage]:
        if one.picture is None:
            return
        facts = self._facts(one)
        width, height = (_side(facts.get(side)) for side in ("width", "height"))
        size = (width, height) if width and height else None
        objects = next((facts[key] for key in OBJECTS if facts.get(key) is not None), None)
        mask, things = self._mask(one)
        if objects is not None:
            place = f"{one.shard}, {one.key}"
            things = read_objects(objects, place, size, self._name, self.problems)
        split = split_of(_text(facts.get("split"))) or split
        yield AnnotatedImage(
            one.tar,
            *(size or (None, None)),
            label=self._label(one, facts),
            split=split,
            objects=things,
            mask=mask,
            offset=one.picture.offset,
            size=one.picture.size,
            name=one.picture.name,
        )

    def _facts(self, one: Sample) -> dict[str, Any]:
        """What the JSON of a sample says; nothing where it is damaged, which is told."""
        if "json" not in one.fields:
            return {}
        try:
            value = json.loads(one.read(one.fields["json"]))
        except (ValueError, RecursionError):
            place = f"{one.shard}, {one.key}.json"
            self.problems.add("damaged JSON", place, "it is no JSON", "object left out")
            return {}
        return value if isinstance(value, dict) else {"objects": value}

    def _label(self, one: Sample, facts: dict[str, Any]) -> str | None:
        if "cls" in one.fields:
            return self._name(one.text("cls"))
        stated = next((facts[key] for key in LABELS if facts.get(key) is not None), None)
        if stated is not None:
            return self._name(stated)
        text = one.text("txt")
        return text if text and len(text) <= MOST_TEXT and "\n" not in text else None

    def _name(self, value: Any) -> str | None:
        """The name of a class by its number, where there is a list, else as it is written."""
        text = _text(value)
        if text and text.isdecimal() and len(text) < 9 and int(text) < len(self._names):
            return self._names[int(text)]
        return text

    def _mask(self, one: Sample) -> tuple[Any, Any]:
        if one.mask is None:
            return None, None
        try:
            return self._masks.read(one.read(one.mask))
        except ImageError as error:
            place = f"{one.shard}, {one.mask.name}"
            self.problems.add("mask not usable", place, str(error), "object left out")
            return None, None

    def _unpacked(self, shard: Path) -> Path | None:
        """The tar itself; a packed one is unpacked into `scratch`. None where that fails."""
        if shard.name.lower().endswith(TARS):
            return shard
        make_folder(self.scratch)
        tar = self.scratch / f"{shard.name.split('.')[0]}-{zlib.crc32(str(shard).encode()):08x}.tar"
        try:
            with gzip.open(shard) as packed, tar.open("wb") as file:
                while chunk := packed.read(CHUNK):
                    file.write(chunk)
                    if file.tell() > LARGEST:
                        raise OSError(f"it unpacks to more than {LARGEST >> 30} GB")
        except (OSError, EOFError, zlib.error) as error:
            detail = f"it cannot be unpacked to its end: {os_error_reason(error)}"
            self.problems.add("damaged shard", shard.name, detail, "file left out")
            return tar if tar.exists() and tar.stat().st_size else None
        return tar


def _shards(path: Path) -> list[Path]:
    """The shards at a path: itself, or those in the folder and in the folders of splits below."""
    if path.is_file():
        return [path] if path.name.lower().endswith((*TARS, *PACKED)) else []
    folders = [path, *(path / word for word in ("train", "val", "valid", "validation", "test"))]
    return [file for folder in folders for file in files_in(folder, (*TARS, *PACKED))]


def _side(value: Any) -> int | None:
    number = finite(value)
    return int(number) if number and number >= 1 else None


def _text(value: Any) -> str | None:
    return str(value).strip() or None if isinstance(value, (str, int)) else None
