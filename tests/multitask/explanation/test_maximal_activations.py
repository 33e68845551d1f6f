"""What excites channels most, found among images where it is known."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from triptych.frame.errors import ConfigError
from triptych.multitask import maximal_activations, open_dataset
from triptych.multitask.explanation.activation_sheet import activation_sheet
from triptych.multitask.explanation.maximal_activations import choosiest_channels
from triptych.multitask.model.multitask_model import MultitaskModel


def test_the_channel_that_few_images_excite_comes_first_and_a_dead_one_last():
    values = torch.rand(100, 3, generator=torch.Generator().manual_seed(0))
    values[:, 0] = 0
    values[7:16, 2] += 9
    assert choosiest_channels(values).tolist() == [2, 1, 0]
    values[:, 1] *= 1e-3  # hardly excited at all
    values[3, 1] = 0.5
    assert choosiest_channels(values).tolist()[0] == 2


def test_images_places_and_values_are_those_of_the_map(trained_run: Path, few_digits: Path):
    found = maximal_activations(trained_run, stage=2, channels=4, progress=False, device="cpu")
    assert (found.stage, found.searched, len(found.channels)) == (2, 60, 4)
    model = MultitaskModel.load(trained_run)
    images = open_dataset("digits", str(few_digits)).batch("test", torch.arange(60)).images
    with torch.no_grad():
        maps = model.backbone(images)[1]
    for one in found.channels:
        assert len(one.images) == len(one.crops) == 9
        rows, columns = one.places.T
        values = maps[one.images, one.channel, rows, columns].numpy()
        np.testing.assert_allclose(values, one.values, rtol=1e-4, atol=1e-5)
        assert one.values[0] == pytest.approx(float(maps[:, one.channel].max()), rel=1e-4)
        assert one.crops.shape[1:] == (found.side, found.side, 1)
    json.dumps(found.to_dict())
    sheet = activation_sheet(found, "title")
    assert sheet.ndim == 3 and sheet.shape[2] == 3


def test_a_stage_that_is_none_is_one_line(trained_run: Path):
    with pytest.raises(ConfigError, match="Expected a stage from 1 to 4, got 9"):
        maximal_activations(trained_run, stage=9, progress=False)
