"""What a painter is asked for at one scale."""

import torch
from torch import Tensor

from triptych.style.objectives.objective import ScaleInputs


def scene(shares: tuple[float, ...], regions: Tensor | None) -> ScaleInputs:
    picture = torch.zeros(1, 3, 1, 3)
    return ScaleInputs(picture, (picture,) * len(shares), shares, 0.5, regions)


def test_without_regions_there_is_no_coverage() -> None:
    assert scene((1.0,), None).normalized_regions is None


def test_shares_divide_what_styles_hold_together() -> None:
    # the first pixel is held by both, the second half by both, the third by the first alone
    regions = torch.tensor([[[0.5, 0.25, 0.6]], [[0.5, 0.25, 0.0]]])
    found = scene((0.2, 0.8), regions).normalized_regions
    expected = torch.tensor([[[0.2, 0.1, 0.6]], [[0.8, 0.4, 0.0]]])
    torch.testing.assert_close(found, expected)


def test_a_style_without_a_share_covers_nothing() -> None:
    regions = torch.tensor([[[1.0, 0.5, 0.0]], [[0.0, 0.5, 1.0]]])
    found = scene((1.0, 0.0), regions).normalized_regions
    torch.testing.assert_close(found, torch.tensor([[[1.0, 1.0, 0.0]], [[0.0, 0.0, 0.0]]]))
