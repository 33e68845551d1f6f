"""Write a set of annotated images in the format of another tool."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from ...frame.errors import ConfigError, DataError, WriteError
from ...frame.progress import ProgressCallback, ProgressEvent, no_progress
from ...frame.storage.decoding.decode import readable_formats
from ...frame.storage.files import make_folder
from ..formats import FORMATS
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
    kind, target = FORMATS[to], Path(out).expanduser().absolute()
    if not kind.writes:
        names = [name for name in FORMATS if FORMATS[name].writes]
        raise ConfigError(f"{kind.title} is only read. Write {' or '.join(names)}.")
    if target.is_file() or (target.is_dir() and any(target.iterdir())):
        raise WriteError(f"{out} is there already and holds something. Name a new folder.")
    if target.is_relative_to(Path(source).expanduser().absolute()):
        raise ConfigError(f"{out} lies within {source}. Name a folder outside of it.")
    annotated = open_annotated(source, format, progress=progress)
    left_out: list[str] = []
    make_folder(target.parent)
    lost = kind.write(_usable(annotated, left_out, progress), annotated.vocabulary, target)
    outcomes = annotated.problems.left_out()
    problems = sum(count for outcome, count in outcomes.items() if outcome.endswith("left out"))
    return Conversion(len(annotated) - len(left_out), tuple(left_out), tuple(lost), problems)


def _usable(
    annotated: AnnotatedSet, left_out: list[str], progress: ProgressCallback
) -> Iterator[AnnotatedImage]:
    """The images whose files begin as pictures; what is wrong with others goes into `left_out`."""
    for done, image in enumerate(annotated, 1):
        reason = _why_not(image)
        if reason:
            left_out.append(f"{image.name or image.file.name}: {reason}")
        else:
            yield image
        if done % REPORT_EVERY == 0 or done == len(annotated):
            progress(ProgressEvent("write", done, len(annotated)))
    if len(left_out) == len(annotated):
        raise DataError(f"No picture of {annotated.root} can be read: {left_out[0]}.")


def _why_not(image: AnnotatedImage) -> str:
    if image.size is not None:
        return ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Pillow, about odd files
            Image.open(image.file, formats=readable_formats()).close()
        return ""
    except FileNotFoundError:
        return "there is no such file"
    except Exception:  # decoders meet damage with any error
        return "is no picture that can be read"
