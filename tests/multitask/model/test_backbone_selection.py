"""Names of backbones: sizes in them, a decoder where heads read fine maps, options that fit."""

import pytest
import torch

from triptych.backbones._blocks import SIZES
from triptych.frame.errors import UnknownNameError
from triptych.multitask import DatasetInfo, MultitaskModel
from triptych.multitask.model.backbone_selection import resolve_backbone, supported_options
from triptych.multitask.model.tracing import count_parameters

INFO = DatasetInfo("trial", 3, 64, 64, targets=("box", "mask"))


@pytest.mark.parametrize("kind", ["residual", "unet"])
def test_larger_sizes_have_more_parameters(kind: str):
    counts = [count_parameters(MultitaskModel(INFO, ["box"], f"{kind}-{size}")) for size in SIZES]
    assert counts[0] == count_parameters(MultitaskModel(INFO, ["box"], kind))
    assert 4 * counts[0] < counts[1] and 2 * counts[1] < counts[2]


def test_a_size_that_is_none_is_no_backbone():
    with pytest.raises(UnknownNameError, match="backbone 'unet-xl'"):
        MultitaskModel(INFO, ["box"], "unet-xl")


def test_heads_that_read_fine_maps_get_a_decoder():
    assert resolve_backbone("efficientnet-lite0", ["box"]) == ("efficientnet-lite0", {})
    assert resolve_backbone("efficientnet-lite0", ["box", "mask"])[1] == {"decoder": True}
    model = MultitaskModel(INFO, ["mask"], "efficientnet-lite0").eval()
    assert model.backbone.get_submodule("decoder").feature_info == model.backbone.feature_info
    assert model(torch.rand(1, 3, 64, 64))["mask"].shape == (1, 64, 64)


def test_only_options_that_a_backbone_has_are_taken():
    options = {"context": 2, "max_channels": 32}
    assert supported_options(options, "unet", ["mask"]) == options
    assert supported_options(options, "unet-m", ["mask"]) == {"context": 2}
    assert supported_options(options, "auto", ["box"]) == {"max_channels": 32}
    assert supported_options(options, "efficientnet-lite0", ["box"]) == {}


def test_options_that_suffice_for_all_heads_are_taken():
    assert supported_options({}, "auto", ["boxes", "circles"]) == {"finest": 4, "context": 0}
    assert supported_options({}, "efficientnet-lite0", ["boxes"]) == {"finest": 4}
    assert supported_options({"context": 2}, "unet", ["boxes", "mask"]) == {"context": 2}
