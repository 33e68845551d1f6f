"""Cutouts, and whether a source needs anything fetched."""

from pathlib import Path

import pytest
import torch

from triptych.multitask import SOURCES, Cutouts


@pytest.mark.parametrize("alpha", [True, False])
def test_a_subset_keeps_what_belongs_together(alpha: bool):
    images = torch.arange(4, dtype=torch.uint8)[:, None, None, None].expand(4, 1, 2, 2)
    cutouts = Cutouts(images, torch.arange(4), tuple("abcd"), images[:, 0] if alpha else None)
    some = cutouts.subset(torch.tensor([3, 1]))
    assert len(some) == 2 and some.names == tuple("abcd")
    assert some.labels.tolist() == some.images[:, 0, 0, 0].tolist() == [3, 1]
    assert some.alpha is None or some.alpha[:, 0, 0].tolist() == [3, 1]


def test_a_source_is_available_once_all_its_files_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TRIPTYCH_DATA", str(tmp_path))
    source = SOURCES["mnist"]()
    assert SOURCES["drawn"]().is_available()
    for asset in source.assets:
        assert not source.is_available()
        (tmp_path / asset.path).parent.mkdir(exist_ok=True)
        (tmp_path / asset.path).touch()
