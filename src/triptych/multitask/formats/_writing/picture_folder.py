"""Write a folder of pictures with annotations, whole or not at all."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image

from ....frame.errors import DataError, WriteError
from ....frame.storage.decoding.decode import readable_formats, without_warnings
from ....frame.storage.decoding.header import header_of
from ....frame.storage.files import os_error_reason, read_part
from ...structures.annotated_image import AnnotatedImage
from .orientation import as_annotated


@contextmanager
def atomic_folder(out: Path) -> Iterator[Path]:
    """A folder beside `out` to write into; it takes the place of `out` once the block ends well.

    Raises WriteError where `out` is a file or a folder that holds something, or the system refuses.
    """
    target = Path(out).resolve()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        kind = "not empty" if target.is_dir() else "no folder"
        raise WriteError(f"Cannot write {out}: it is {kind}. Name a new folder.")
    beside = target.with_name(f".{os.urandom(8).hex()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        beside.mkdir()
        yield beside
        if target.exists():
            target.rmdir()
        beside.rename(target)
    except OSError as error:
        raise WriteError(f"Cannot write {out}: {os_error_reason(error)}.") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


class FileNames:
    """Names for pictures that come from many folders: the last part of each, with the folders
    above it as far as it takes for no two to be the same."""

    def __init__(self, *, with_ending: bool = True):
        """
        Parameters:
            with_ending: whether a.jpg and a.png are different names.
        """
        self.with_ending = with_ending
        self._taken: set[str] = set()

    def name(self, image: AnnotatedImage) -> str:
        """A name that no image before has, with slashes.

        Parameters:
            image: that is written.
        """
        parts = Path(image.name or image.file).parts
        parts = tuple(part for part in parts if part.strip("/\\:.") and part[1:2] != ":")
        for count in range(1, len(parts) + 1):
            if self._take(name := "/".join(parts[-count:])):
                return name
        path, number = Path(parts[-1]), 2
        while not self._take(name := f"{path.stem}-{number}{path.suffix}"):
            number += 1
        return name

    def _take(self, name: str) -> bool:
        key = name.casefold() if self.with_ending else str(Path(name.casefold()).with_suffix(""))
        if key in self._taken:
            return False
        self._taken.add(key)
        return True


def copy_picture(image: AnnotatedImage, target: Path) -> None:
    """Copy the file of an image, or the bytes of one that lies in a larger file.

    One that was annotated before EXIF turned it is not turned by EXIF any more.

    Parameters:
        image: with an absolute file.
        target: where to; folders above it are made.

    Raises DataError where the picture is gone, OSError where it cannot be written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(as_annotated(_content(image), (image.width, image.height)))


def picture_size(image: AnnotatedImage) -> tuple[int, int]:
    """Width and height of an image as it is seen: as annotated, else as its file says, upright.

    Parameters:
        image: whose file is opened where it lacks one of them.

    Raises DataError for what is no picture.
    """
    if image.width and image.height:
        return image.width, image.height
    try:
        file = BytesIO(_content(image))
        with without_warnings(), Image.open(file, formats=readable_formats()) as picture:
            return header_of(picture).upright
    except DataError:
        raise
    except Exception as error:  # Pillow meets damage with any error
        raise DataError(f"{image.file} is no whole picture. Take it out, or mend it.") from error


def _content(image: AnnotatedImage) -> bytes:
    try:
        return read_part(image.file, image.offset, image.size)
    except OSError as error:
        raise DataError(f"Cannot read {image.file}: {os_error_reason(error)}.") from error
