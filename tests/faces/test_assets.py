"""The panel's files: declared once, told where they come from, and those at hand are whole."""

import pytest

from triptych.faces import assets
from triptych.frame.storage.assets import Asset, fetch_or_locate

KNOWN = [value for value in vars(assets).values() if isinstance(value, Asset)]


@pytest.mark.parametrize("asset", KNOWN, ids=lambda asset: asset.name)
def test_every_file_says_where_it_comes_from(asset: Asset):
    assert asset.source and asset.size and asset.licence != "not stated"
    assert asset.path.startswith(("faces/", "omniglot/"))
    assert all(url.startswith("https://") for url in asset.urls)
    # a file that is fetched without a checksum must be checked by whoever reads it
    assert asset.sha256 or asset is assets.MOBILEFACENET_CHECKPOINT


@pytest.mark.real
@pytest.mark.parametrize("asset", KNOWN, ids=lambda asset: asset.name)
def test_the_files_at_hand_are_those_declared(asset: Asset, data):
    path = data(asset.path)
    assert fetch_or_locate(asset) == path and path.stat().st_size == asset.size
