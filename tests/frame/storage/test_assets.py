"""Named files, found in folders or fetched from a server that runs in this process."""

import gzip
import hashlib
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from triptych.frame.errors import AssetNotFoundError, DataError, UnknownNameError, WriteError
from triptych.frame.progress import ProgressEvent
from triptych.frame.storage import assets
from triptych.frame.storage.assets import Asset, fetch_or_locate, locate

CONTENT = bytes(range(256)) * 3000  # more than two chunks
SHA256 = hashlib.sha256(CONTENT).hexdigest()
MD5 = hashlib.md5(CONTENT).hexdigest()


class Mirror(ThreadingHTTPServer):
    """Serves what `answers` holds by path and counts who asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Visitor)
        self.answers: dict[str, list[bytes | int]] = {}
        self.asked: list[str] = []

    def url(self, path: str, *answers: bytes | int) -> str:
        """An address that gives these answers in turn, the last for ever: bytes or a status."""
        self.answers[path] = list(answers)
        return f"http://127.0.0.1:{self.server_port}{path}"


class Visitor(BaseHTTPRequestHandler):
    server: Mirror

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        answers = self.server.answers[self.path]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, int):
            self.send_error(answer)
            return
        self.send_response(200)
        self.send_header(
            "Content-Length", str(len(CONTENT) if self.path == "/cut" else len(answer))
        )
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    monkeypatch.delenv("TRIPTYCH_OFFLINE")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(assets, "RETRY_DELAY", 0)
    with Mirror() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def asset(*urls: str, **fields: object) -> Asset:
    whole = {"name": "numbers", "path": "some/numbers.bin", "sha256": SHA256, "size": len(CONTENT)}
    return Asset(urls=urls, **{**whole, **fields})


def put(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def left_in_cache() -> list[str]:
    return sorted(path.name for path in assets.cache_folder().rglob("*") if path.is_file())


# --- found ---


def test_a_file_is_found_in_the_first_folder_that_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [tmp_path / "nowhere", tmp_path / "empty", tmp_path / "one", tmp_path / "two"]
    folders[1].mkdir()
    for folder in folders[2:]:
        put(folder, "some/numbers.bin", CONTENT)
    monkeypatch.setenv("TRIPTYCH_DATA", os.pathsep.join(["", *map(str, folders)]))
    assert locate(asset()) == fetch_or_locate(asset()) == tmp_path / "one/some/numbers.bin"


def test_the_cache_comes_after_the_folders() -> None:
    assert locate(asset()) is None
    path = put(assets.cache_folder(), "some/numbers.bin", CONTENT)
    assert locate(asset()) == fetch_or_locate(asset()) == path


def test_without_a_wish_the_cache_is_where_the_system_has_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("TRIPTYCH_CACHE")
    assert assets.cache_folder().name == "triptych"


def test_a_damaged_file_at_hand_is_told_with_both_checksums() -> None:
    path = put(assets.cache_folder(), "some/numbers.bin", b"other")
    with pytest.raises(DataError) as told:
        fetch_or_locate(asset("http://127.0.0.1/"))
    for word in (str(path), SHA256, hashlib.sha256(b"other").hexdigest(), "Delete it"):
        assert word in str(told.value)
    path.write_bytes(CONTENT)
    assert fetch_or_locate(asset()) == path


def test_a_checksum_is_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    put(assets.cache_folder(), "some/numbers.bin", CONTENT)
    fetch_or_locate(asset())
    monkeypatch.setattr(assets, "_checksum_mismatch", None)  # would fail if called
    fetch_or_locate(asset())


def test_packed_files_are_checked_unpacked_and_may_lie_unpacked() -> None:
    thing = asset(path="some/numbers.gz", sha256=None, md5_unpacked=MD5)
    for level in (1, 9):
        packed = put(assets.cache_folder(), "some/numbers.gz", gzip.compress(CONTENT, level))
        assert fetch_or_locate(thing) == packed
    packed.unlink()
    plain = put(assets.cache_folder(), "some/numbers", CONTENT)
    assert fetch_or_locate(thing) == plain


@pytest.mark.parametrize(
    "content", [gzip.compress(CONTENT)[:-9], gzip.compress(CONTENT[1:]), b"\x1f\x8bno", b""]
)
def test_damaged_packed_files_are_told(content: bytes) -> None:
    put(assets.cache_folder(), "some/numbers.gz", content)
    with pytest.raises(DataError, match="is damaged: "):
        fetch_or_locate(asset(path="some/numbers.gz", sha256=None, md5_unpacked=MD5))


# --- missing ---


def test_offline_one_line_says_what_from_where_and_whereto() -> None:
    with pytest.raises(AssetNotFoundError) as told:
        fetch_or_locate(asset("https://example.org/numbers.bin"))
    words = ("some/numbers.bin (0.8 MB)", "https://example.org/numbers.bin", "TRIPTYCH_DATA")
    for word in (*words, "TRIPTYCH_OFFLINE is set", str(assets.cache_folder() / "some")):
        assert word in str(told.value)
    assert "\n" not in str(told.value)


def test_what_has_no_address_is_only_to_be_put_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIPTYCH_OFFLINE", "0")
    with pytest.raises(AssetNotFoundError, match=r"it has no address\. Put it into"):
        fetch_or_locate(asset())


def test_no_network_is_told(mirror: Mirror) -> None:
    # nobody listens on port 1
    with pytest.raises(AssetNotFoundError, match=r"the connection failed\. Fetch http"):
        fetch_or_locate(asset("http://127.0.0.1:1/numbers.bin"))
    assert left_in_cache() == []


# --- fetched ---


def test_a_file_is_fetched_once_and_told_on_the_way(
    mirror: Mirror, capfd: pytest.CaptureFixture[str]
) -> None:
    thing = asset(mirror.url("/numbers.bin", CONTENT))
    steps: list[ProgressEvent] = []
    path = fetch_or_locate(thing, steps.append)
    assert (
        path == assets.cache_folder() / "some/numbers.bin" == fetch_or_locate(thing, steps.append)
    )
    assert path.read_bytes() == CONTENT
    assert mirror.asked == ["/numbers.bin"]
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert steps[-1] == ProgressEvent("fetch numbers", len(CONTENT), len(CONTENT))
    assert capfd.readouterr() == ("", "")


def test_the_second_mirror_is_asked_where_the_first_fails(mirror: Mirror) -> None:
    fetch_or_locate(asset(mirror.url("/one", 404), mirror.url("/two", CONTENT)))
    assert mirror.asked == ["/one", "/two"]


def test_mirrors_are_asked_again(mirror: Mirror) -> None:
    fetch_or_locate(asset(mirror.url("/one", 503), mirror.url("/two", 503, CONTENT)))
    assert mirror.asked == ["/one", "/two", "/one", "/two"]


def test_what_the_last_server_said_is_told(mirror: Mirror) -> None:
    with pytest.raises(AssetNotFoundError, match="the server says 403"):
        fetch_or_locate(asset(mirror.url("/one", 404), mirror.url("/two", 403)))
    assert left_in_cache() == []


def test_another_checksum_is_not_kept(mirror: Mirror) -> None:
    with pytest.raises(AssetNotFoundError, match="what came has another checksum"):
        fetch_or_locate(asset(mirror.url("/numbers.bin", b"other")))
    assert left_in_cache() == []


def test_the_first_digits_of_a_checksum_are_compared_where_no_more_are_known(
    mirror: Mirror,
) -> None:
    wrong, right = mirror.url("/wrong", b"other"), mirror.url("/right", CONTENT)
    thing = asset(wrong, right, sha256=SHA256[:8])
    path = fetch_or_locate(thing)
    assert mirror.asked == ["/wrong", "/right"]
    path.write_bytes(b"other")
    with pytest.raises(DataError, match=f"expected sha256 {SHA256[:8]}, found"):
        fetch_or_locate(thing)


def test_an_interrupted_download_leaves_nothing(mirror: Mirror) -> None:
    with pytest.raises(AssetNotFoundError, match="the connection failed"):
        fetch_or_locate(asset(mirror.url("/cut", CONTENT[:5000]), sha256=None))
    assert left_in_cache() == []

    def stop(step: ProgressEvent) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch_or_locate(asset(mirror.url("/numbers.bin", CONTENT)), stop)
    assert left_in_cache() == []


def test_packed_files_are_checked_unpacked_when_they_come(mirror: Mirror) -> None:
    fields = {"path": "some/numbers.gz", "sha256": None, "md5_unpacked": MD5}
    wrong = mirror.url("/wrong.gz", gzip.compress(b"other"))
    page = mirror.url("/page.gz", b"<html>not here</html>")
    right = mirror.url("/right.gz", gzip.compress(CONTENT))
    path = fetch_or_locate(asset(wrong, page, right, **fields))
    assert gzip.decompress(path.read_bytes()) == CONTENT
    assert mirror.asked == ["/wrong.gz", "/page.gz", "/right.gz"]


def test_a_cache_that_cannot_be_made_is_told(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "file", b"")
    monkeypatch.setenv("TRIPTYCH_CACHE", str(tmp_path / "file"))
    with pytest.raises(WriteError, match="file/some: not a directory"):
        fetch_or_locate(asset(mirror.url("/numbers.bin", CONTENT)))


# --- known ---


def test_a_name_stands_for_one_asset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "REGISTRY", {})
    assert assets.register(asset()) == assets.register(asset()) == (asset(),)
    assert assets.get_asset("numbers") == asset()
    with pytest.raises(UnknownNameError, match="Did you mean 'numbers'"):
        assets.get_asset("number")
    with pytest.raises(ValueError, match="Two assets"):
        assets.register(asset(size=1))
