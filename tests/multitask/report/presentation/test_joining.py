"""Pictures of networks that see images in other canvases lie beside each other."""

import numpy as np
import pytest

from triptych.multitask.report.presentation.joining import GAP, joined, webp


@pytest.mark.parametrize(("below", "size"), [(False, (40, 160 + GAP)), (True, (80 + GAP, 80))])
def test_pictures_of_other_sizes_are_scaled_and_keep_their_ratio(
    below: bool, size: tuple[int, int]
):
    large, small = np.zeros((40, 80, 3), np.uint8), np.zeros((20, 20, 3), np.uint8)
    found = joined([large, small], below=below)
    assert found.shape == (*size, 3)
    dark = (found[40 + GAP :] if below else found[:, 80 + GAP :]).max(2) == 0
    assert dark.any(0).sum() == dark.any(1).sum() == 40 and dark.sum() == 1600
    assert webp(found)[:4] == b"RIFF"
