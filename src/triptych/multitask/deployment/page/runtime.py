"""onnxruntime for browsers: its script and its WebAssembly, fetched once and checked."""

from dataclasses import dataclass

from ....frame.progress import ProgressCallback, no_progress
from ....frame.storage.assets import Asset, fetch_or_locate, register

VERSION = "1.30.0"
FOLDER = f"onnxruntime-web-{VERSION}"
PACKAGE = f"onnxruntime-web@{VERSION}/dist"
MIRRORS = "https://cdn.jsdelivr.net/npm", "https://unpkg.com"


def _asset(name: str, file: str, sha256: str, size: int) -> Asset:
    return Asset(
        name=name,
        path=f"{FOLDER}/{file}",
        urls=tuple(f"{mirror}/{PACKAGE}/{file}" for mirror in MIRRORS),
        sha256=sha256,
        size=size,
        licence="MIT",
        source=f"onnxruntime-web {VERSION}, Microsoft (npm pack onnxruntime-web@{VERSION})",
    )


SCRIPT, WASM = register(
    _asset(
        "onnxruntime-web-script",
        "ort.wasm.bundle.min.mjs",
        "11e64bd8ffe11bd1a2a2f0d6275fdfbbba7262f0b76b99b53d228a8a22ef3d90",
        73_054,
    ),
    _asset(
        "onnxruntime-web-wasm",
        "ort-wasm-simd-threaded.wasm",
        "3398c10d07d229bd91b364548e130e0e51a8e5704b88c7c083ebbeb78842dee2",
        14_239_897,
    ),
)


@dataclass(frozen=True)
class BrowserRuntime:
    """What runs a model in a browser.

    Parameters:
        script: a JavaScript module.
        wasm: what it compiles.
    """

    script: bytes
    wasm: bytes


def browser_runtime(progress: ProgressCallback = no_progress) -> BrowserRuntime:
    """The runtime, from a data folder, the cache, or fetched.

    Parameters:
        progress: told of bytes while a file is fetched.

    Raises AssetNotFoundError where it is neither here nor to be fetched, DataError where a file is
    damaged.
    """
    paths = (fetch_or_locate(asset, progress) for asset in (SCRIPT, WASM))
    return BrowserRuntime(*(path.read_bytes() for path in paths))
