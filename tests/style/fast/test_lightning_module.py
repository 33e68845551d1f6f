"""The training step: what is logged, what is refused, and the sheets of each epoch."""

from pathlib import Path
from typing import Any

import lightning as L
import pytest
import torch

from triptych.frame.config import TrainingConfig
from triptych.frame.errors import ConfigError
from triptych.frame.storage import images
from triptych.style.fast.config import MONITOR, FastStyleConfig
from triptych.style.fast.lightning_module import FastStyleModule, ValidationSheets
from triptych.style.fast.perceptual_loss import PerceptualLoss
from triptych.style.fast.transformer_net import TransformerNet
from triptych.style.networks._extractor import FeatureExtractor


@pytest.fixture
def module(tiny: FeatureExtractor, monkeypatch: pytest.MonkeyPatch) -> FastStyleModule:
    torch.manual_seed(0)
    config = FastStyleConfig(size=32, style_size=32)
    loss = PerceptualLoss(tiny, torch.rand(1, 3, 32, 32), config)
    module = FastStyleModule(TransformerNet(4, 1), loss, TrainingConfig())
    logged: dict[str, Any] = {}
    monkeypatch.setattr(module, "log", lambda name, value, **_: logged.update({name: value}))
    monkeypatch.setattr(module, "log_dict", lambda values, **_: logged.update(values))
    monkeypatch.setattr(module, "logged", logged, raising=False)
    return module


def test_the_loss_is_logged_with_its_parts(module: FastStyleModule):
    batch = torch.rand(2, 3, 32, 32)
    loss = module.training_step(batch, 0)
    logged: Any = module.logged
    assert float(loss.detach()) == float(logged["train/loss"].detach()) > 0
    module.validation_step(batch, 0)
    assert float(logged[MONITOR].detach()) == pytest.approx(
        1 / (1 + float(logged["val/loss"].detach()))
    )


def test_the_loss_network_is_no_part_of_what_is_trained(module: FastStyleModule):
    assert all(name.startswith("painter.") for name in module.state_dict())


def test_a_training_that_diverges_says_so(module: FastStyleModule):
    with torch.no_grad():
        module.painter.to_rgb.bias.fill_(float("nan"))
    with pytest.raises(ConfigError, match=r"diverged in epoch 1.*--lr than 0\.006"):
        module.training_step(torch.rand(1, 3, 32, 32), 0)


def test_each_epoch_has_a_sheet(tmp_path: Path, module: FastStyleModule):
    trainer = L.Trainer(
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        default_root_dir=tmp_path,
    )
    trainer.fit_loop.epoch_progress.current.completed = 2
    sheets = ValidationSheets(tmp_path)
    arguments: Any = (trainer, module)
    sheets.on_validation_batch_end(*arguments, torch.ones(2, 3, 40, 40), None, 0)
    sheets.on_validation_epoch_end(*arguments)
    sheet = images.read(tmp_path / "epochs" / "003.png")
    assert (sheet == 255).all(2).sum() >= 2 * 40 * 40
    assert not sheets.painted
