"""Samples of a tar shard, by its headers alone."""

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ....frame.storage.files import is_text
from ....frame.storage.folders.walk import is_hidden
from ....frame.storage.image_folder import MAX_BYTES
from ...structures.import_problems import ImportProblems
from .._reading.folders import looks_like_picture

MASKS = ("seg", "mask", "segmentation", "semseg", "label", "gt")  # before the ending


@dataclass(frozen=True)
class Member:
    """A file in a tar.

    Parameters:
        name: in the tar.
        offset: of its first byte.
        size: in bytes.
    """

    name: str
    offset: int
    size: int


@dataclass
class Sample:
    """The files of one sample.

    Parameters:
        tar: that holds them.
        shard: what the user calls that.
        key: what their names share.
        fields: the files by the rest of their names.
    """

    tar: Path
    shard: str
    key: str
    fields: dict[str, Member] = field(default_factory=dict)

    @cached_property
    def pictures(self) -> list[Member]:
        """The pictures that are no masks; those with the shortest ending first."""
        names = [name for name in self.fields if looks_like_picture(f"a.{name}")]
        return [self.fields[name] for name in sorted(names, key=_dots) if not _is_mask(name)]

    @property
    def picture(self) -> Member | None:
        """The picture; None where there is none."""
        return next(iter(self.pictures), None)

    @cached_property
    def mask(self) -> Member | None:
        """The mask of the picture; None where there is none."""
        masks = (self.fields[name] for name in self.fields if _is_mask(name))
        return next(masks, None)

    def read(self, member: Member) -> bytes:
        """The bytes of a file.

        Parameters:
            member: which one.
        """
        with self.tar.open("rb") as file:
            file.seek(member.offset)
            return file.read(min(member.size, MAX_BYTES))

    def text(self, name: str) -> str | None:
        """A field as text; None where there is none, or it is empty.

        Parameters:
            name: of the field.
        """
        member = self.fields.get(name)
        return self.read(member).decode("utf8", "replace").strip() or None if member else None


def split_name(name: str) -> tuple[str, str]:
    """Key and field of a file: its path is cut at the first dot of its last part.

    Parameters:
        name: of the file in the tar.

    >>> split_name("a/b.c.d.png")
    ('a/b', 'c.d.png')
    """
    folder, slash, last = name.rpartition("/")
    stem, _, rest = last.partition(".")
    return folder + slash + stem, rest.lower()


def stream_samples(tar: Path, shard: str, problems: ImportProblems | None) -> Iterator[Sample]:
    """The samples of a shard; each change of the key begins another one.

    Parameters:
        tar: of the shard, unpacked.
        shard: what the user calls it.
        problems: told of samples that are halves, and where the shard ends too early; None for
            silence.
    """
    told = problems or ImportProblems()
    current = Sample(tar, shard, "")
    seen: set[int] = set()
    for member in _members(tar, shard, told):
        key, rest = split_name(member.name)
        if key != current.key:
            if current.fields:
                yield _checked(current, seen, told)
            current = Sample(tar, shard, key)
        if rest in current.fields:
            place = f"{shard}, {member.name}"
            told.add("file twice", place, "the sample has one of this ending", "file left out")
        else:
            current.fields[rest] = member
    if current.fields:
        yield _checked(current, seen, told)


def _members(tar: Path, shard: str, problems: ImportProblems) -> Iterator[Member]:
    end = tar.stat().st_size
    last = "its beginning"
    try:
        with tarfile.open(tar, "r:") as packed:
            while (entry := packed.next()) is not None:
                vars(packed)["members"] = []  # else all headers stay in memory
                last, name = entry.name, entry.name.removeprefix("./")
                if entry.isdir() or is_hidden(name):
                    continue
                if not entry.isreg() or entry.issparse():
                    detail = "it is no plain file in the tar"
                    problems.add("no plain file", f"{shard}, {name}", detail, "file left out")
                elif entry.offset_data + entry.size > end:
                    raise tarfile.ReadError("unexpected end of data")
                elif not is_text(name):
                    place = f"{shard}, {name!a}"
                    problems.add("name that is no text", place, "no UTF-8", "file left out")
                else:
                    yield Member(name, entry.offset_data, entry.size)
    except (tarfile.TarError, OSError, EOFError, ValueError) as error:
        place = f"{shard}, behind {ascii(last)[1:-1]}"
        reason = " ".join(str(error).split()) or type(error).__name__
        problems.add("damaged shard", place, f"it cannot be read on: {reason}", "file left out")


def _checked(sample: Sample, seen: set[int], problems: ImportProblems) -> Sample:
    place, names = f"{sample.shard}, {sample.key}", ", ".join(sample.fields)
    pictures = sample.pictures
    number = hash(sample.key)
    if not pictures:
        detail = f"the sample holds no picture, but {names[:200]}"
        problems.add("half a sample", place, detail, "image left out")
    elif number in seen:
        detail = f"it came before; files of a sample must follow each other. Here are {names[:200]}"
        problems.add("half a sample", place, detail, "noticed")
    for other in pictures[1:]:
        detail = f"the sample has several pictures ({names[:200]}); a dot ends the name"
        where = f"{sample.shard}, {other.name}"
        problems.add("several pictures in a sample", where, detail, "image left out")
    seen.add(number)
    return sample


def _is_mask(name: str) -> bool:
    parts = name.split(".")
    return len(parts) > 1 and parts[-2] in MASKS and looks_like_picture(f"a.{name}")


def _dots(name: str) -> int:
    return name.count(".")
