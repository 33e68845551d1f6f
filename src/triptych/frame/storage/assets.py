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
SHA256_DIGITS = 64  # of a whole checksum


@dataclass(frozen=True)
class Asset:
    """A file that is known by a name.

    Parameters:
        name: what it is asked for by.
        path: its place in a data folder, with slashes.
        urls: mirrors of it, best first; none where it cannot be fetched.
        sha256: the checksum in hexadecimal, or its first digits where no more are published.
        md5_unpacked: for files with ".gz" whose packing differs from mirror to mirror: the checksum
            of what is in them. They may also lie unpacked, without the ".gz".
        size: in bytes, about.
        licence: its name, as the source states it.
        source: who made it, and where.
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
"""Every asset by its name."""


def register(*assets: Asset) -> tuple[Asset, ...]:
    """Add assets to `REGISTRY`, and return them. Raises ValueError for a name with two files."""
    for asset in assets:
        if REGISTRY.setdefault(asset.name, asset) != asset:
            raise ValueError(f"Two assets are called '{asset.name}'.")
    return assets


def get_asset(name: str) -> Asset:
    """The registered asset of this name. Raises UnknownNameError with the nearest."""
    if name not in REGISTRY:
        raise unknown_name_error(name, REGISTRY, "asset")
    return REGISTRY[name]


def cache_folder() -> Path:
    """The folder that fetched files are kept in; it need not exist yet."""
    import platformdirs

    folder = os.environ.get("TRIPTYCH_CACHE") or platformdirs.user_cache_dir("triptych")
    return Path(folder).expanduser()


def data_folders() -> list[Path]:
    """The folders that data are looked for in: those of TRIPTYCH_DATA in order, then the cache."""
    listed = os.environ.get("TRIPTYCH_DATA", "").split(os.pathsep)
    return [*(Path(folder).expanduser() for folder in listed if folder), cache_folder()]


def locate(asset: Asset) -> Path | None:
    """Where the file is on this machine, unchecked; None where it is not."""
    names = [asset.path]
    if asset.md5_unpacked and asset.path.endswith(".gz"):
        names.append(asset.path.removesuffix(".gz"))
    paths = (folder / name for folder in data_folders() for name in names)
    return next(filter(_is_file, paths), None)


def fetch_or_locate(asset: Asset, progress: ProgressCallback = no_progress) -> Path:
    """The path of the file, fetched where it is not on this machine, and checked.

    Parameters:
        asset: with the address and checksum of the file.
        progress: told of bytes while the file is fetched.

    Raises AssetNotFoundError where it is neither here nor to be fetched, DataError where the file
    here is damaged, WriteError where the cache cannot hold it.
    """
    path = locate(asset)
    if path is None:
        return _fetch(asset, progress)
    try:
        status = path.stat()
        error = _checksum_error(path, asset, status.st_size, status.st_mtime_ns)
    except OSError as refused:
        reason = os_error_reason(refused)
        raise DataError(f"{path} cannot be read: {reason}. Check its rights.") from refused
    if error:
        mend = "it will be fetched again" if asset.urls else "put a whole copy in its place"
        raise DataError(f"{path} is damaged: {error}. Delete it; {mend}.")
    return path


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a folder we may not look into is as good as none
        return False


@lru_cache
def _checksum_error(path: Path, asset: Asset, size: int, modified: int) -> str:
    """What is wrong with a file, empty if nothing; `size` and `modified` are keys of the cache."""
    errors = []
    if asset.sha256 and path.name == PurePosixPath(asset.path).name:
        errors.append(_checksum_mismatch("sha256", asset.sha256, path))
    if asset.md5_unpacked:
        errors.append(_checksum_mismatch("md5", asset.md5_unpacked, path))
    return next(filter(None, errors), "")


def _checksum_mismatch(method: str, expected: str, path: Path) -> str:
    """How a checksum differs, empty if it does not. An md5 is that of the unpacked bytes."""
    try:
        with path.open("rb") as file:
            packed = method == "md5" and file.read(2) == GZIP
            file.seek(0)
            content = gzip.GzipFile(fileobj=file) if packed else file
            actual = hashlib.file_digest(content, method).hexdigest()
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        return f"it does not unpack ({error})"
    return "" if actual.startswith(expected) else f"expected {method} {expected}, found {actual}"


def _fetch(asset: Asset, progress: ProgressCallback) -> Path:
    path = cache_folder() / asset.path
    if os.environ.get("TRIPTYCH_OFFLINE", "0") not in ("", "0"):
        raise _not_found_error(asset, path.parent, "TRIPTYCH_OFFLINE is set")

    whole = asset.sha256 if asset.sha256 and len(asset.sha256) == SHA256_DIGITS else None

    def verify(path: Path) -> str:
        if asset.sha256 and not whole:
            return _checksum_mismatch("sha256", asset.sha256, path)
        return _checksum_mismatch("md5", asset.md5_unpacked, path) if asset.md5_unpacked else ""

    def report(done: int, total: int) -> None:
        progress(ProgressEvent(f"fetch {asset.name}", done, total or asset.size))

    reason = "it has no address"
    for attempt, url in enumerate(asset.urls * ATTEMPTS):
        if attempt and attempt % len(asset.urls) == 0:
            time.sleep(RETRY_DELAY)
        try:
            return download(url, path, sha256=whole, verify=verify, progress=report)
        except ConnectionError as error:
            reason = str(error)
    raise _not_found_error(asset, path.parent, reason)


def _not_found_error(asset: Asset, folder: Path, reason: str) -> AssetNotFoundError:
    size = f" ({asset.size / 1e6:.1f} MB)" if asset.size else ""
    mend = f"Fetch {asset.urls[0]} and put" if asset.urls else "Put"
    return AssetNotFoundError(
        f"Expected {asset.path}{size}, found none, and {reason}. {mend} it into {folder},"
        " or set TRIPTYCH_DATA to a folder that has it."
    )
