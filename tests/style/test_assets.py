"""The panel's files: declared once, told where they come from, and those at hand are whole."""

import pytest

from triptych.frame.storage.assets import Asset, fetch_or_locate
from triptych.style import assets

SINGLE = (assets.VGG19_WEIGHTS, assets.VGG19_CONV3, assets.VGG19_SMALL, assets.SQUEEZENET)
KNOWN = (*SINGLE, *assets.PAINTINGS, *assets.CONTENTS)


@pytest.mark.parametrize("asset", KNOWN, ids=lambda asset: asset.name)
def test_every_file_says_where_it_comes_from(asset: Asset):
    assert asset.source and asset.size and asset.licence != "not stated"
    assert asset.path.startswith("style/")
    assert all(url.startswith("https://") for url in asset.urls)
    # of the one that is fetched no more is published than is in its name
    length = 8 if asset is assets.VGG19_WEIGHTS else 64
    assert asset.sha256 and len(asset.sha256) == length


def test_there_are_eight_paintings_and_eight_photographs():
    assert len(assets.PAINTINGS) == len(assets.CONTENTS) == 8


@pytest.mark.real
@pytest.mark.parametrize("asset", KNOWN[1:], ids=lambda asset: asset.name)
def test_the_files_at_hand_are_those_declared(asset: Asset, data):
    path = data(asset.path)
    assert fetch_or_locate(asset) == path and path.stat().st_size == asset.size
