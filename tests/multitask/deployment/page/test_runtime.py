"""The browser's runtime is looked for as every other file is."""

import pytest

from triptych.frame.errors import AssetNotFoundError
from triptych.multitask.deployment.page.runtime import SCRIPT, WASM, browser_runtime


def test_where_it_is_missing_is_told_with_what_to_do():
    with pytest.raises(AssetNotFoundError, match=r"ort\.wasm.*TRIPTYCH_OFFLINE.*TRIPTYCH_DATA"):
        browser_runtime()


def test_both_files_are_of_one_version_and_have_whole_checksums():
    for asset in (SCRIPT, WASM):
        assert asset.path.startswith("onnxruntime-web-1.30.0/")
        assert asset.sha256 and len(asset.sha256) == 64
        assert all("@1.30.0/" in url for url in asset.urls)
