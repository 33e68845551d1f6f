"""Named files (data, weights): where they come from, and how one is found or fetched once.

A file is looked for in the folders of TRIPTYCH_DATA (a path list, only read), then in the user's
cache (TRIPTYCH_CACHE, else the system's place for caches), and else fetched into that cache,
unless TRIPTYCH_OFFLINE is 1. Its checksum is compared the first time a process asks for it.
"""

import gzip
import hashlib
import os
import time
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from ..errors import AssetNotFoundError, DataError
from ..progress import ProgressCallback, ProgressEvent, no_progress
from ..registry import unknown_name_error
from .download import download
from .files import os_error_reason

ATTEMPTS = 2  # times each mirror is asked
RETRY_DELAY = 1.0  # seconds before asking all mirrors again
GZIP = b"\x1f\x8b"
SHA256_DIGITS = 64  # digits of a whole checksum


@dataclass(frozen=True)
class Asset:
    """A file we know by name.

    `path` is its place in a data folder, with slashes; `urls` are mirrors of it, best first, none
    where it cannot be fetched. `sha256` may be its first digits, where no more are published.
    `md5_unpacked` is for files with ".gz" whose packing differs from mirror to mirror; they may
    also lie unpacked, without the ".gz". `size` is about, in bytes.
    """

    name: str
    path: str
    urls: tuple[str, ...] = ()
    sha256: str | None = None
    md5_unpacked: str | None = None
    size: int = 0
    licence: str = "not stated"
    source: str = ""


REGISTRY: dict[str, Asset] = {}


def register(*assets: Asset) -> tuple[Asset, ...]:
    """Make assets known by their names, and hand them back. A name stands for one file only."""
    for asset in assets:
        if REGISTRY.setdefault(asset.name, asset) != asset:
            raise ValueError(f"Two assets are called '{asset.name}'.")
    return assets


def get_asset(name: str) -> Asset:
    """The declared asset of this name. Raises UnknownNameError, with the nearest, if there is
    none."""
    if name not in REGISTRY:
        raise unknown_name_error(name, REGISTRY, "asset")
    return REGISTRY[name]


def cache_folder() -> Path:
    """The folder fetched files are kept in; it need not exist yet."""
    import platformdirs

    chosen = os.environ.get("TRIPTYCH_CACHE") or platformdirs.user_cache_dir("triptych")
    return Path(chosen).expanduser()


def locate(asset: Asset) -> Path | None:
    """Where the file lies, unchecked; None where it is not at hand."""
    listed = os.environ.get("TRIPTYCH_DATA", "").split(os.pathsep)
    folders = [*(Path(folder).expanduser() for folder in listed if folder), cache_folder()]
    names = [asset.path]
    if asset.md5_unpacked and asset.path.endswith(".gz"):
        names.append(asset.path.removesuffix(".gz"))
    places = (folder / name for folder in folders for name in names)
    return next(filter(_is_file, places), None)


def fetch_or_locate(asset: Asset, progress: ProgressCallback = no_progress) -> Path:
    """The file, found or fetched, and checked.

    Raises AssetNotFoundError where it is neither at hand nor to be had, DataError where the file at
    hand is damaged, WriteError where the cache cannot hold it. `watch` hears of bytes."""
    path = locate(asset)
    if path is None:
        return _fetch(asset, progress)
    try:
        status = path.stat()
        fault = _checksum_error(path, asset, status.st_size, status.st_mtime_ns)
    except OSError as error:
        raise DataError(
            f"{path} cannot be read: {os_error_reason(error)}. Check its rights."
        ) from error
    if fault:
        mended = "it will be fetched again" if asset.urls else "put a whole copy in its place"
        raise DataError(f"{path} is damaged: {fault}. Delete it; {mended}.")
    return path


def _is_file(place: Path) -> bool:
    try:
        return place.is_file()
    except OSError:  # a folder we may not look into is as good as none
        return False


@lru_cache
def _checksum_error(path: Path, asset: Asset, size: int, modified: int) -> str:
    """What is wrong with a file, empty if nothing. `size` and `modified` tell when to look anew."""
    faults = []
    if asset.sha256 and path.name == PurePosixPath(asset.path).name:
        faults.append(_checksum_mismatch("sha256", asset.sha256, path))
    if asset.md5_unpacked:
        faults.append(_checksum_mismatch("md5", asset.md5_unpacked, path))
    return next(filter(None, faults), "")


def _checksum_mismatch(method: str, expected: str, path: Path) -> str:
    """How a checksum differs. An md5 is that of the unpacked bytes, packed or not."""
    try:
        with path.open("rb") as file:
            packed = method == "md5" and file.read(2) == GZIP
            file.seek(0)
            content = gzip.GzipFile(fileobj=file) if packed else file
            found = hashlib.file_digest(content, method).hexdigest()
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        return f"it does not unpack ({error})"
    return "" if found.startswith(expected) else f"expected {method} {expected}, found {found}"


def _fetch(asset: Asset, progress: ProgressCallback) -> Path:
    place = cache_folder() / asset.path
    if os.environ.get("TRIPTYCH_OFFLINE", "0") not in ("", "0"):
        raise _not_found_error(asset, place.parent, "TRIPTYCH_OFFLINE is set")

    whole = asset.sha256 if asset.sha256 and len(asset.sha256) == SHA256_DIGITS else None

    def fault(path: Path) -> str:
        if asset.sha256 and not whole:
            return _checksum_mismatch("sha256", asset.sha256, path)
        return _checksum_mismatch("md5", asset.md5_unpacked, path) if asset.md5_unpacked else ""

    def tell(done: int, total: int) -> None:
        progress(ProgressEvent(f"fetch {asset.name}", done, total or asset.size))

    reason = "it has no address"
    for attempt, url in enumerate(asset.urls * ATTEMPTS):
        if attempt and attempt % len(asset.urls) == 0:
            time.sleep(RETRY_DELAY)
        try:
            return download(url, place, sha256=whole, verify=fault, progress=tell)
        except ConnectionError as error:
            reason = str(error)
    raise _not_found_error(asset, place.parent, reason)


def _not_found_error(asset: Asset, folder: Path, reason: str) -> AssetNotFoundError:
    size = f" ({asset.size / 1e6:.1f} MB)" if asset.size else ""
    where = f"Fetch {asset.urls[0]} and put" if asset.urls else "Put"
    return AssetNotFoundError(
        f"Expected {asset.path}{size}, found none, and {reason}. {where} it into {folder},"
        " or set TRIPTYCH_DATA to a folder that has it."
    )
