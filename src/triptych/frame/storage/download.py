"""Download one file from one address: whole, checked, and then renamed into its place."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import WriteError
from .files import os_error_reason

TIMEOUT = (10, 60)  # seconds to connect, and to wait for the next bytes
CHUNK = 1 << 18  # bytes at a time


def download(
    url: str,
    path: Path,
    *,
    sha256: str | None,
    verify: Callable[[Path], str],
    progress: Callable[[int, int], None],
) -> Path:
    """Download `url` to `path`, making its folders; a failure leaves nothing behind.

    Parameters:
        sha256: the checksum of the file in hexadecimal, where it is known.
        verify: says what is wrong with the file that came, empty if nothing.
        progress: called with the bytes that came and their total, 0 where that is unknown.

    Raises ConnectionError, with a few words why, where nothing or the wrong thing came, WriteError
    where it cannot be written.
    """
    import pooch
    from requests import RequestException

    pooch.get_logger().setLevel("WARNING")
    downloader = _downloader(verify, progress)
    try:
        return Path(pooch.retrieve(url, sha256, path.name, path.parent, None, downloader))
    except RequestException as error:
        raise ConnectionError(_short_reason(error)) from error
    except ValueError as error:
        raise ConnectionError("what came has another checksum") from error
    except OSError as error:
        reason = os_error_reason(error) or "no right to"
        raise WriteError(f"Cannot write to {path.parent}: {reason}.") from error


def _downloader(verify: Callable[[Path], str], progress: Callable[[int, int], None]) -> Any:
    """Pooch's downloader with a progress bar, and with a check of what came.

    Any: pooch's types know neither bars nor downloaders of one's own.
    """
    import pooch

    bar: Any = _ProgressBar(progress)
    fetch = pooch.HTTPDownloader(progressbar=bar, chunk_size=CHUNK, timeout=TIMEOUT)

    def download(url: str, file: str, owner: pooch.Pooch | None) -> None:
        fetch(url, file, owner)
        if error := verify(Path(file)):
            raise ValueError(error)

    return download


class _ProgressBar:
    """What pooch takes for a bar of tqdm: it sets `total` and calls the methods."""

    def __init__(self, progress: Callable[[int, int], None]):
        self.progress, self.done, self.total = progress, 0, 0

    def update(self, count: int) -> None:
        # pooch counts whole chunks, so the last one would overshoot
        self.done = min(self.done + count, self.total) if self.total else self.done + count
        self.progress(self.done, self.total)

    def reset(self) -> None:
        self.done = 0

    def close(self) -> None:
        pass


def _short_reason(error: Exception) -> str:
    response = getattr(error, "response", None)
    if response is None:
        return "the connection failed"
    return f"the server says {response.status_code}"
