from dataclasses import asdict

import pytest

from triptych.faces.training.config import TripletConfig
from triptych.frame.errors import ConfigError, UnknownNameError


def test_settings_of_older_runs_are_read_by_their_names_today():
    former = {
        **{"size": 16, "people": 3, "photos": 2, "semihard": 0.25, "tested": 5, "quarters": True},
        **{"turn": 3.0, "light": 0.5, "frozen": 1, "pull": 0.1},
    }
    config = TripletConfig.merged(former)
    assert (config.embedding_dim, config.identities_per_batch) == (16, 3)
    assert (config.images_per_identity, config.semihard_fraction) == (2, 0.25)
    assert (config.test_seed, config.rotation_classes, config.degrees) == (5, True, 3.0)
    assert (config.color_jitter, config.freeze, config.l2_sp) == (0.5, 1, 0.1)
    assert TripletConfig.merged(asdict(config)) == config


@pytest.mark.parametrize("change", [{"margin": 0}, {"margin": 4}, {"height": 8}, {"channels": 2}])
def test_values_out_of_range_are_told(change: dict):
    with pytest.raises(ConfigError, match=next(iter(change))):
        TripletConfig.merged(change)


def test_an_unknown_setting_is_told_with_the_nearest():
    with pytest.raises(UnknownNameError, match="margin"):
        TripletConfig.merged({"margins": 1})
