"""The page: our own markup and scripts, with a model, its card and a runtime in it."""

import gzip
import html
import json
from base64 import b64encode
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from ....frame.drawing.colors import DARK, LIGHT, PALETTE, Theme, to_hex
from .runtime import BrowserRuntime

SCRIPTS = "unpack.js", "writing.js", "drawing.js", "words.js", "page.js"
"""In the order in which they stand in the page, as one module."""


def render_page(model: bytes, card: Mapping[str, Any], runtime: BrowserRuntime) -> bytes:
    """A page that answers about pictures, light or dark as the reader's system is.

    Parameters:
        model: an exported ONNX file.
        card: what its metadata tell; beside that "checked" may say how it was compared.
        runtime: that runs it.
    """
    facts = {**card, "palette": [to_hex(color) for color in PALETTE]}
    parts = {
        "title": html.escape(str(card["run"])),
        "light": _css_colors(LIGHT),
        "dark": _css_colors(DARK),
        "script": "\n".join(map(_own, SCRIPTS)),
        "card": json.dumps(facts, ensure_ascii=False).replace("<", "\\u003c"),
        "runtime": packed(runtime.script),
        "wasm": packed(runtime.wasm),
        "model": packed(model),
    }
    pieces = _own("page.html").split("@@")  # text and names of parts by turns
    pieces[1::2] = [parts[name] for name in pieces[1::2]]
    return "".join(pieces).encode(errors="replace")


def packed(content: bytes) -> str:
    """Bytes as a page can carry them: gzip, as base64; the same each time.

    Parameters:
        content: of any kind.
    """
    return b64encode(gzip.compress(content, mtime=0)).decode()


def _own(name: str) -> str:
    return (files("triptych.multitask.deployment.page") / name).read_text("utf-8")


def _css_colors(theme: Theme) -> str:
    soft = tuple((one + other) // 2 for one, other in zip(theme.text, theme.muted))
    colors = {"ink": theme.text, "soft": soft, "faint": theme.muted, "ground": theme.background}
    return " ".join(f"--{name}: {to_hex(color)};" for name, color in colors.items())
