"""Early stopping by default: on few images, and never within the warm-up."""

import torch
from lightning.pytorch.callbacks import EarlyStopping

from triptych.frame.config import TrainingConfig
from triptych.multitask import DATASETS
from triptych.multitask.engine.tuning.patience import default_patience, describe_stop


def test_only_few_images_stop_and_not_before_the_highest_rate():
    assert default_patience(2000, 30) == 0
    warm_up = TrainingConfig().warmup_fraction
    for epochs in (1, 5, 10, 30, 100, 1000):
        assert default_patience(1999, epochs) >= warm_up * epochs


def test_only_own_pictures_stop_by_default():
    assert [name for name in DATASETS if DATASETS[name].stops_early] == ["images"]


def test_why_a_training_stopped_is_said_in_one_line():
    stopping = EarlyStopping("score", patience=3, mode="max")
    config = TrainingConfig(epochs=30)
    assert describe_stop(stopping, config) == ""
    stopping.wait_count, stopping.stopped_epoch = 3, 8
    stopping.best_score = torch.tensor(0.75)
    assert describe_stop(stopping, config) == (
        "Stopped after epoch 9 of 30: score has not been better than in epoch 6 (0.7500) for 3 "
        "epochs. --patience 0 never stops early."
    )
