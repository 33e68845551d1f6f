"""A page answers in a browser as its model does, from a file and without any network."""

import gzip
import json
import os
import re
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from triptych.multitask.deployment.exported_model import ExportedModel
from triptych.multitask.deployment.onnx_graph import to_onnx
from triptych.multitask.deployment.onnx_run import onnx_card, onnx_run
from triptych.multitask.deployment.page.render import packed, render_page
from triptych.multitask.deployment.page.runtime import FOLDER, SCRIPT, WASM, BrowserRuntime
from triptych.multitask.model.multitask_model import MultitaskModel

Browser = Any  # of conftest
CARD = {"run": "zoo <&>", "info": {}, "heads": {}}
HEADS = [("label", "box", "circle", "mask"), ("boxes", "semantic")]
DATA = os.environ.get("TRIPTYCH_DATA", "")


@pytest.fixture(scope="module")
def runtime() -> BrowserRuntime:
    """The real one, where it is at hand."""
    folders = [Path(folder, FOLDER) for folder in DATA.split(os.pathsep) if folder]
    folder = next((one for one in folders if one.is_dir()), None)
    if folder is None:
        pytest.skip(f"no {FOLDER} in TRIPTYCH_DATA")
    return BrowserRuntime(
        *((folder / Path(asset.path).name).read_bytes() for asset in (SCRIPT, WASM))
    )


def test_what_is_packed_comes_out_again():
    assert gzip.decompress(b64decode(packed(b"net" * 99))) == b"net" * 99
    assert packed(b"net") == packed(b"net")


def test_a_page_holds_all_and_names_no_other_place():
    page = render_page(b"net", CARD, BrowserRuntime(b"script", b"wasm")).decode()
    assert "@@" not in page and "<h1>zoo &lt;&amp;&gt;</h1>" in page
    assert not re.search(r"""(src|href|url)\s*[=(]\s*["']?(https?:)?//""", page)
    assert "default-src 'none'" in page and "connect-src" not in page
    facts = re.search(r'id="facts">(.*?)</script>', page, re.S)
    assert facts and json.loads(facts[1])["run"] == CARD["run"]
    assert len(json.loads(facts[1])["palette"]) == 12


def test_text_of_a_card_ends_no_script():
    card = {**CARD, "heads": {"</script><b>": {}}}
    page = render_page(b"net", card, BrowserRuntime(b"", b"")).decode()
    assert "</script><b>" not in page


@pytest.mark.real
@pytest.mark.parametrize("heads", HEADS)
def test_a_browser_answers_as_onnxruntime_does(
    browser: Browser,
    build: Callable[..., MultitaskModel],
    runtime: BrowserRuntime,
    tmp_path: Path,
    heads: tuple[str, ...],
):
    content = to_onnx(ExportedModel(build(*heads)).eval(), {"run": "zoo", "precision": "float32"})
    page = tmp_path / "zoo.html"
    page.write_bytes(render_page(content, onnx_card(content), runtime))
    browser.open(page)
    # pictures of another size are resized to whole grey levels: where one lies between two,
    # rounding errors choose, and a network that learned nothing makes much of it
    for (height, width), most in (((32, 48), 1e-3), ((50, 70), 1e-2)):
        pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
        Image.fromarray(pixels).save(tmp_path / "noise.png")
        browser.choose(tmp_path / "noise.png")
        said = browser.run(
            "Object.fromEntries(Object.entries(answers).map("
            "([name, {data, dims}]) => [name, [Array.from(data, Number), dims]]))"
        )
        expected = onnx_run(content)(pixels[None])
        assert set(said) == set(expected)
        for name, value in expected.items():
            data, dims = said[name]
            assert dims == list(value.shape[1:]), name
            if name.split(".")[0] not in ("boxes", "semantic") or most == 1e-3:
                got = np.reshape(data, dims)
                np.testing.assert_allclose(got, value[0], atol=most, err_msg=name)
    told = browser.run("[...document.querySelectorAll('.answer')].map(one => one.dataset.head)")
    assert set(told) == set(heads)
    outside = [one for one in browser.requests if not one.startswith(("file:", "blob:", "data:"))]
    assert not outside and not browser.errors


@pytest.mark.real
def test_what_is_written_in_a_picture_is_answered_in_its_pixels(
    browser: Browser,
    build: Callable[..., MultitaskModel],
    runtime: BrowserRuntime,
    tmp_path: Path,
):
    info = {"input": "ink", "channels": 1, "height": 28, "width": 28}
    content = to_onnx(ExportedModel(build("label", "box", **info)).eval(), {"run": "ink"})
    page = tmp_path / "ink.html"
    page.write_bytes(render_page(content, onnx_card(content), runtime))
    canvas = np.zeros((28, 28), np.uint8)
    canvas[4:24, 12:16] = 255
    browser.open(page, 390, 844)
    prepared, written = _said(browser, canvas), 255 - canvas.repeat(10, 0).repeat(10, 1)
    expected = onnx_run(content)(canvas[None, ..., None])
    np.testing.assert_allclose(prepared["box"], expected["box"][0], atol=1e-3)
    paper = np.pad(written, ((30, 0), (50, 0)), constant_values=255)
    moved = np.array([50, 30, 50, 30])
    # strokes are fitted again, so the network sees them a little otherwise
    assert (
        np.abs(np.array(_said(browser, paper)["box"]) - 10 * expected["box"][0] - moved).max() < 9
    )
    assert browser.run("triptych.answer(new ImageData(40, 30))") is None


def _said(browser: Browser, grey: np.ndarray) -> dict[str, list[float]]:
    """What a page answers about a grey picture."""
    rows, columns = grey.shape
    return browser.run(
        f"(async () => {{ const grey = {grey.reshape(-1).tolist()};"
        "const colors = Uint8ClampedArray.from(grey.flatMap(one => [one, one, one, 255]));"
        f"const answers = await triptych.answer(new ImageData(colors, {columns}, {rows}));"
        "return Object.fromEntries(Object.entries(answers).map("
        "([name, {data}]) => [name, Array.from(data)])); })()"
    )
