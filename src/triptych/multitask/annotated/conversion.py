"""Write a set of annotated images in the format of another tool."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from ...frame.errors import ConfigError, DataError, WriteError
from ...frame.progress import ProgressCallback, ProgressEvent, no_progress
from ...frame.storage.decoding.decode import readable_formats, without_warnings
from ...frame.storage.files import make_folder
from ..formats import FORMATS
from ..formats._format import Format
from ..structures.annotated_image import AnnotatedImage
from .annotated_set import AnnotatedSet
from .opening import open_annotated

REPORT_EVERY = 64  # images


@dataclass(frozen=True)
class Conversion:
    """What was written.

    Parameters:
        images: how many were written.
        left_out: a line for each picture that cannot be read, and is left out.
        lost: a line for each kind of thing that the format cannot hold.
        problems: how many entries of the annotations were left out when they were read.
    """

    images: int
    left_out: tuple[str, ...]
    lost: tuple[str, ...]
    problems: int


def convert(
    source: str | Path,
    to: str,
    out: str | Path,
    format: str | None = None,
    *,
    progress: ProgressCallback = no_progress,
) -> Conversion:
    """Write a set of annotated images in the format of another tool, whole or not at all.

    Parameters:
        source: a folder or an annotation file of any format that is read.
        to: the name in `FORMATS` of one that is written.
        out: a folder that is new or empty.
        format: of the source; by default told by what lies there.
        progress: told how far it is.

    Raises UnknownNameError for a format that is none, ConfigError for one that is only read,
    WriteError for an `out` that holds something, and what `open_annotated` raises.
    """
    kind, target = writable_format(to, out)
    if target.is_relative_to(Path(source).expanduser().absolute()):
        raise ConfigError(f"{out} lies within {source}. Name a folder outside of it.")
    annotated = open_annotated(source, format, progress=progress)
    images = _UsableImages(annotated, progress)
    make_folder(target.parent)
    lost = kind.write(images, annotated.vocabulary, target)
    outcomes = annotated.problems.left_out()
    problems = sum(count for outcome, count in outcomes.items() if outcome.endswith("left out"))
    left_out = tuple(images.left_out.values())
    return Conversion(len(annotated) - len(left_out), left_out, tuple(lost), problems)


def writable_format(to: str, out: str | Path) -> tuple[type[Format], Path]:
    """A format that is written, and the absolute path that it can be written to.

    Parameters:
        to: its name in `FORMATS`.
        out: a folder that is new or empty.

    Raises UnknownNameError for a format that is none, ConfigError for one that is only read,
    WriteError for an `out` that holds something.
    """
    kind, target = FORMATS[to], Path(out).expanduser().absolute()
    if not kind.writes:
        names = [name for name in FORMATS if FORMATS[name].writes]
        raise ConfigError(f"{kind.title} is only read. Write {' or '.join(names)}.")
    if target.is_file() or (target.is_dir() and any(target.iterdir())):
        raise WriteError(f"{out} is there already and holds something. Name a new folder.")
    return kind, target


class _UsableImages:
    """The images whose files begin as pictures, as often as they are asked for.

    Parameters:
        annotated: all of them.
        progress: told how far they are given.
    """

    def __init__(self, annotated: AnnotatedSet, progress: ProgressCallback):
        self.annotated, self.progress = annotated, progress
        self.left_out: dict[int, str] = {}  # a line for each that cannot be read, by its number
        self._known = 0  # images that were looked at

    def __iter__(self) -> Iterator[AnnotatedImage]:
        total = len(self.annotated)
        for number, image in enumerate(self.annotated):
            if number >= self._known:
                self._known = number + 1
                if reason := _why_not(image):
                    self.left_out[number] = f"{image.name or image.file.name}: {reason}"
            if number not in self.left_out:
                yield image
            if (number + 1) % REPORT_EVERY == 0 or number + 1 == total:
                self.progress(ProgressEvent("write", number + 1, total))
        if len(self.left_out) == total:
            first = next(iter(self.left_out.values()))
            raise DataError(f"No picture of {self.annotated.root} can be read: {first}.")


def _why_not(image: AnnotatedImage) -> str:
    if image.size is not None:
        return ""
    try:
        with without_warnings():
            Image.open(image.file, formats=readable_formats()).close()
        return ""
    except FileNotFoundError:
        return "there is no such file"
    except Exception:  # decoders meet damage with any error
        return "is no picture that can be read"
