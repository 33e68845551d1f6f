"""Settings of fine-tuning are obeyed or refused."""

import pytest

from triptych.frame.config import TrainingConfig
from triptych.frame.errors import ConfigError
from triptych.frame.fine_tuning import FINE_TUNING, check_no_fine_tuning, check_stages


def test_more_stages_than_there_are_cannot_be_frozen():
    check_stages(TrainingConfig(freeze_stages=6), 6, "efficientnet-lite0")
    with pytest.raises(ConfigError, match="efficientnet-lite0 has 6 stages, got 7"):
        check_stages(TrainingConfig(freeze_stages=7), 6, "efficientnet-lite0")


@pytest.mark.parametrize("name", FINE_TUNING)
def test_a_training_without_stages_refuses_them(name: str):
    check_no_fine_tuning(TrainingConfig())
    value = 0.5 if name == "layer_decay" else 2
    with pytest.raises(ConfigError, match=f"'{name}'"):
        check_no_fine_tuning(TrainingConfig(**{name: value}))
