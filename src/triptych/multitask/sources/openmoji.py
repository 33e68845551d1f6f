"""OpenMoji: one color image a class, from the open emoji set of that name."""

import re
import unicodedata
import zipfile
import zlib
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import ClassVar

import numpy as np
import torch
from jaxtyping import UInt8

from ...frame.errors import ConfigError, DataError, ImageError, UnknownNameError
from ...frame.registry import unknown_name_error
from ...frame.storage import images
from ...frame.storage.assets import Asset, fetch_or_locate, register
from ..data.source import Cutouts, Source, SourceSplit

SIDE = 72  # pixels
MAX_BYTES = 1 << 20  # of one image file; theirs have a few thousand
DEFAULT_EMOJI = {
    "1F642": "happy",
    "1F602": "laughing",
    "1F928": "skeptical",
    "1F630": "sad",
    "1F60E": "cool",
    "1F62F": "whoa",
    "1F62D": "crying",
    "1F92E": "puking",
    "1F62C": "nervous",
}
CODE = re.compile(r"(?:U\+)?[0-9A-F]{4,6}(?:-(?:U\+)?[0-9A-F]{4,6})*")
VARIATION = "-FE0F"  # selects the color form; OpenMoji omits it where nothing else differs


class OpenMoji(Source):
    """72×72 color emoji with their alpha, by default nine faces; the same for both splits, for
    what differs between images is the background."""

    subjects: ClassVar[tuple[str, ...]] = ("emoji",)
    assets: ClassVar[tuple[Asset, ...]] = register(
        Asset(
            name="openmoji",
            path="openmoji/openmoji-72x72-color.zip",
            urls=(
                "https://github.com/hfg-gmuend/openmoji/releases/download/15.0.0/"
                "openmoji-72x72-color.zip",
            ),
            size=7_201_075,
            licence="CC BY-SA 4.0",
            source="OpenMoji 15.0, HfG Schwäbisch Gmünd",
        )
    )

    def __init__(self, argument: str = ""):
        """
        Parameters:
            argument: emoji separated by commas, as code points (`1F436`, `U+1F436`,
                `1F468-200D-1F469`) or as characters.

        Raises ConfigError for one that is empty or named twice.
        """
        self.codes = tuple(map(_code, argument.split(","))) if argument else tuple(DEFAULT_EMOJI)
        twice = next((code for code in self.codes if self.codes.count(code) > 1), None)
        if twice:
            raise ConfigError(f"Expected each emoji once, got {twice} again. Leave one out.")

    def cutouts(self, subject: str, split: SourceSplit) -> Cutouts:
        """The emoji, the same for both splits."""
        pixels = torch.from_numpy(np.stack(_read(fetch_or_locate(self.assets[0]), self.codes)))
        alpha = pixels[..., 3].contiguous()
        colors = pixels[..., :3].masked_fill((alpha == 0)[..., None], 255)
        return Cutouts(
            images=colors.permute(0, 3, 1, 2).contiguous(),
            labels=torch.arange(len(self.codes)),
            names=tuple(map(_name, self.codes)),
            alpha=alpha,
        )


def _code(word: str) -> str:
    """The file name of an emoji given by code point or as a character: 1F436, 1F468-200D-1F469."""
    word = word.strip()
    if not word:
        raise ConfigError("Expected emoji by comma, got an empty one. Write openmoji:1F436,1F431.")
    if CODE.fullmatch(word.upper()):
        return word.upper().replace("U+", "")
    return "-".join(f"{ord(character):04X}" for character in word)


def _name(code: str) -> str:
    code = code.removesuffix(VARIATION)
    if code in DEFAULT_EMOJI or "-" in code:
        return DEFAULT_EMOJI.get(code, code)
    return unicodedata.name(chr(int(code, 16)), code).lower()


def _read(path: Path, codes: tuple[str, ...]) -> list[UInt8[np.ndarray, "72 72 4"]]:
    try:
        with zipfile.ZipFile(path) as archive:
            # the release may pack them in a folder
            files = {PurePosixPath(info.filename).stem: info for info in archive.infolist()}
            return [_picture(archive, files[_resolve_code(code, files)]) for code in codes]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ImageError) as error:
        raise DataError(f"{path} is damaged: {error}. Delete it and fetch it again.") from error


def _resolve_code(code: str, files: dict[str, zipfile.ZipInfo]) -> str:
    for form in (code, code.replace(VARIATION, ""), code + VARIATION):
        if form in files:
            return form
    close = get_close_matches(code, files, n=5, cutoff=0)
    raise (
        unknown_name_error(code, close, "OpenMoji picture")
        if close
        else UnknownNameError(f"There is no OpenMoji picture '{code}': the zip is empty.")
    )


def _picture(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> UInt8[np.ndarray, "72 72 4"]:
    if info.file_size > MAX_BYTES:
        raise zipfile.BadZipFile(f"{info.filename} would unpack to {info.file_size} bytes")
    pixels = images.read(archive.read(info), channels=4)  # the zip's CRC is checked here
    if pixels.shape != (SIDE, SIDE, 4):
        size = "×".join(map(str, pixels.shape[:2]))
        raise zipfile.BadZipFile(f"expected {SIDE}×{SIDE} pixels, got {size} in {info.filename}")
    return pixels
