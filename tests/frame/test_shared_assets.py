"""Files that several panels read are registered once, under one name."""

from triptych.frame.shared_assets import SQUEEZENET
from triptych.frame.storage.assets import REGISTRY, get_asset
from triptych.style import assets


def test_style_and_backbones_read_the_same_file():
    assert get_asset("squeezenet") is SQUEEZENET is assets.SQUEEZENET
    assert [asset.name for asset in REGISTRY.values() if asset.path == SQUEEZENET.path] == [
        "squeezenet"
    ]
