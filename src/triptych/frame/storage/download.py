"""One file fetched from one address: whole, checked and then renamed into its place."""

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
    """Fetch `url` into `path`, whose folders are made where missing.

    `fault` says what is wrong with what came, empty if nothing; `tell` hears how many bytes of how
    many are there (0 where the server does not say). Raises ConnectionError, with a few words why,
    where nothing or the wrong thing came, and WriteError. A failure leaves nothing behind.
    """
    import pooch
    from requests import RequestException

    pooch.get_logger().setLevel("WARNING")
    try:
        found = pooch.retrieve(
            url, sha256, path.name, path.parent, None, _downloader(verify, progress)
        )
    except RequestException as error:
        raise ConnectionError(_short_reason(error)) from error
    except ValueError as error:
        raise ConnectionError("what came has another checksum") from error
    except OSError as error:
        reason = os_error_reason(error) or "no right to"
        raise WriteError(f"Cannot write to {path.parent}: {reason}.") from error
    return Path(found)


def _downloader(verify: Callable[[Path], str], progress: Callable[[int, int], None]) -> Any:
    """Pooch's own, which also tells how far it is and looks at what came. (Any: pooch's types know
    neither bars nor downloaders of one's own.)"""
    import pooch

    bar: Any = _ProgressBar(progress)
    ask = pooch.HTTPDownloader(progressbar=bar, chunk_size=CHUNK, timeout=TIMEOUT)

    def download(url: str, file: str, owner: pooch.Pooch | None) -> None:
        ask(url, file, owner)
        if wrong := verify(Path(file)):
            raise ValueError(wrong)

    return download


class _ProgressBar:
    """Pooch writes `total` and calls the rest, as if this were a bar of tqdm."""

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
