"""The pictures that Label Studio's tasks name: uploads, local files, storage in a cloud."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from .._reading.folders import looks_like_picture
from .._reading.paths import PictureFinder

UPLOADED = re.compile(r"^[0-9a-f]{8}-(?=.)")  # before the name of a file that was uploaded
FIRST_KEYS = ("image", "img", "picture", "photo", "url")


def picture_address(data: Any) -> str | None:
    """The address of the picture of a task: under "image" or such, else the first that ends as a
    picture does.

    Parameters:
        data: of the task.
    """
    texts = {k: v for k, v in data.items() if isinstance(v, str)} if isinstance(data, dict) else {}
    for key in FIRST_KEYS:
        if texts.get(key):
            return texts[key]
    return next((v for v in texts.values() if looks_like_picture(_path(v))), None)


def find_picture(task: Mapping[str, Any], finder: PictureFinder, beside: Path) -> Path | None:
    """The file of the picture of a task; None where there is none.

    Parameters:
        task: of the export.
        finder: of the folder of the user.
        beside: the folder of the export.
    """
    for name in _names(task):
        if name and (found := finder.find(name, beside)):
            return found
    return None


def _names(task: Mapping[str, Any]) -> Iterator[str]:
    """What the picture may be called, the surest first."""
    address = picture_address(task.get("data"))
    upload = task.get("file_upload")
    names = [_path(address)] if address else []
    names += [upload] if isinstance(upload, str) else []
    yield from names
    for name in names:
        yield UPLOADED.sub("", PurePosixPath(name).name)


def _path(address: str) -> str:
    """The path in an address: of a local file what ?d= says; of a cloud without its bucket."""
    try:
        parts = urlsplit(address)
        local = parse_qs(parts.query).get("d", [""])[0]
    except ValueError:
        return ""
    if local:
        return local
    if len(parts.scheme) < 2:  # a drive is no scheme
        return unquote(address.split("?")[0])
    return "" if parts.scheme == "data" else unquote(parts.path)
