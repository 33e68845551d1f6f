"""Settings of fine-tuning checked against what is trained. Imports nothing heavy, as config."""

from .config import TrainingConfig
from .errors import ConfigError

FINE_TUNING = ("freeze_epochs", "freeze_stages", "layer_decay")
"""The settings of fine-tuning a backbone whose stages are known."""


def check_stages(config: TrainingConfig, stages: int, backbone: str) -> None:
    """Raise ConfigError where more stages are to be frozen than there are.

    Parameters:
        config: of the training.
        stages: how many the backbone has.
        backbone: its name.
    """
    if config.freeze_stages > stages:
        raise ConfigError(
            f"Setting 'freeze_stages': {backbone} has {stages} stages, got {config.freeze_stages}."
        )


def check_no_fine_tuning(config: TrainingConfig) -> None:
    """Raise ConfigError for settings of fine-tuning in a training that has no stages to freeze.

    Parameters:
        config: of the training.
    """
    usual = TrainingConfig()
    for name in FINE_TUNING:
        if getattr(config, name) != getattr(usual, name):
            raise ConfigError(
                f"Setting '{name}' is one of triptych.multitask.train only. Leave it out."
            )
