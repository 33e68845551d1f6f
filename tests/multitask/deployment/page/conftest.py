"""Headless Chromium, spoken to over a pipe (Chrome DevTools Protocol), with the network off."""

import base64
import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

NAMES = "chromium", "chromium-browser", "google-chrome", "chrome"
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--remote-debugging-pipe",
)
READ, WRITE = 3, 4  # the file numbers that Chromium reads commands from and answers to


class Browser:
    """One tab of a browser.

    Parameters:
        path: of the program.
        profile: an empty folder.
    """

    def __init__(self, path: str, profile: Path):
        commands, self.commands = _high_pipe()
        self.answers, answers = _high_pipe()

        def wire() -> None:
            os.dup2(commands, READ)
            os.dup2(answers, WRITE)

        self.process = subprocess.Popen(
            [path, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            preexec_fn=wire,
            pass_fds=(READ, WRITE),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(commands)
        os.close(answers)
        self.number, self.session, self.rest = 0, "", b""
        self.requests: list[str] = []
        self.errors: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]
        for domain in ("Page", "Runtime", "Network", "DOM"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """What a command answers; requests and errors that come in between are noted.

        Parameters:
            method: of the protocol.
            arguments: of it.
        """
        self.number += 1
        sent = {"id": self.number, "method": method, "params": arguments}
        if self.session:
            sent["sessionId"] = self.session
        os.write(self.commands, json.dumps(sent).encode() + b"\0")
        while (got := self._message()).get("id") != self.number:
            self._note(got)
        assert "error" not in got, got
        return got["result"]

    def run(self, script: str) -> Any:
        """The value of a script in the page, awaited.

        Parameters:
            script: an expression whose value JSON can hold.
        """
        got = self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in got, got
        return got["result"].get("value")

    def open(self, page: Path, width: int = 1200, height: int = 900) -> None:
        """Open a page and wait until its model is ready.

        Parameters:
            page: a file.
            width: of the window in pixels, as is `height`.
        """
        self.resize(width, height)
        self.call("Page.navigate", url=page.resolve().as_uri())
        ready = "document.documentElement.dataset.ready"
        wait = f"new Promise(done => setInterval(() => {ready} && done({ready}), 50))"
        assert self.run(f"document.readyState && {wait}") == "yes"

    def resize(self, width: int, height: int, dark: bool = False) -> None:
        """Set the window and the theme.

        Parameters:
            width: in pixels.
            height: in pixels.
            dark: whether the reader's system is.
        """
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.call("Emulation.setDeviceMetricsOverride", **size)
        theme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[theme])

    def choose(self, picture: Path) -> None:
        """Choose a file in the page, and wait for answers.

        Parameters:
            picture: the file.
        """
        note = "event => done(globalThis.answers = event.detail)"
        done = f"document.addEventListener('answered', {note}, {{once: true}})"
        self.run(f"void (globalThis.answered = new Promise(done => {done}))")
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector="#file")["nodeId"]
        self.call("DOM.setFileInputFiles", nodeId=node, files=[str(picture.resolve())])
        self.run("globalThis.answered.then(() => true)")

    def screenshot(self, path: Path) -> None:
        """Write what is to be seen of the whole page.

        Parameters:
            path: a PNG file.
        """
        got = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(got["data"]))

    def close(self) -> None:
        """End the program."""
        self.process.kill()
        self.process.wait()
        os.close(self.commands)
        os.close(self.answers)

    def _message(self) -> dict[str, Any]:
        while b"\0" not in self.rest:
            got = os.read(self.answers, 1 << 20)
            assert got, "the browser ended"
            self.rest += got
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def _note(self, message: dict[str, Any]) -> None:
        told = message.get("params", {})
        if message.get("method") == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])
        if message.get("method") == "Runtime.exceptionThrown":
            self.errors.append(str(told["exceptionDetails"]))


def _high_pipe() -> tuple[int, int]:
    """A pipe whose file numbers are not those that Chromium is to have."""
    ends = os.pipe()
    high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends]
    for end in ends:
        os.close(end)
    return high[0], high[1]


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser; tests of pages are skipped where Chromium is not installed."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("Chromium is not installed")
    browser = Browser(path, tmp_path_factory.mktemp("profile"))
    yield browser
    browser.close()
