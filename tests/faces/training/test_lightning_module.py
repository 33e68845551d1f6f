"""How an embedding learns: which triplets when, and what of a pretrained one stays as it was."""

import pytest
import torch
from torch import nn

from triptych.faces.encoders._embedding_net import EmbeddingNet
from triptych.faces.photos.pk_sampler import FaceBatch
from triptych.faces.training.lightning_module import TripletModule
from triptych.faces.training.setup import resolve_config

SMALL = {"height": 24, "width": 24, "channels": 1, "size": 8}


def lesson(*, pretrained: bool = False, **changes) -> TripletModule:
    general, triplets = resolve_config("scratch", {**SMALL, **changes})
    torch.manual_seed(0)
    embedding = EmbeddingNet(
        "residual", 1, 24, 24, dim=8, options={"base_channels": 12, "max_channels": 24}
    )
    return TripletModule(embedding, general, triplets, pretrained=pretrained)


def test_semi_hard_triplets_come_first_and_then_the_hardest(monkeypatch):
    found = lesson(epochs=4, semihard=0.5)
    minings = []
    for epoch in range(4):
        monkeypatch.setattr(TripletModule, "current_epoch", epoch)
        minings.append(found.mining)
    assert minings == ["semi-hard", "semi-hard", "hard", "hard"]


@pytest.mark.parametrize(("share", "expected"), [(0.0, "hard"), (1.0, "semi-hard")])
def test_all_epochs_may_mine_one_way(monkeypatch, share, expected):
    found = lesson(epochs=3, semihard=share)
    for epoch in range(3):
        monkeypatch.setattr(TripletModule, "current_epoch", epoch)
        assert found.mining == expected


def test_a_pretrained_network_keeps_its_first_parts_and_its_statistics():
    found = lesson(pretrained=True, frozen=1)
    first, *rest = found.embedding.backbone.children()
    assert not any(p.requires_grad for p in first.parameters())
    assert all(p.requires_grad for part in rest for p in part.parameters())
    found.train()
    found.on_train_epoch_start()
    norms = [part for part in found.modules() if isinstance(part, nn.BatchNorm2d)]
    before = [norm.running_mean.clone() for norm in norms]
    found.embedding(torch.rand(4, 1, 24, 24))
    assert all(torch.equal(norm.running_mean, mean) for norm, mean in zip(norms, before))


def test_one_from_scratch_learns_all_and_its_statistics_too():
    found = lesson(frozen=1)
    assert all(p.requires_grad for p in found.parameters())
    found.train()
    found.on_train_epoch_start()
    norm = next(part for part in found.modules() if isinstance(part, nn.BatchNorm2d))
    before = norm.running_mean.clone()
    found.embedding(torch.rand(4, 1, 24, 24))
    assert not torch.equal(norm.running_mean, before)


def test_the_pull_is_half_the_squared_way_times_its_strength():
    found = lesson(pull=3.0)
    assert found._l2_sp_penalty().item() == 0
    with torch.no_grad():
        next(found.embedding.parameters()).add_(0.5)
    count = next(found.embedding.parameters()).numel()
    assert found._l2_sp_penalty().item() == pytest.approx(3 / 2 * count * 0.25, rel=1e-5)


def test_the_loss_of_a_batch_reaches_every_weight(monkeypatch):
    found = lesson()
    logged = {}
    monkeypatch.setattr(found, "log_dict", lambda figures, **_: logged.update(figures))
    monkeypatch.setattr(TripletModule, "current_epoch", 10**6)
    people = torch.arange(8) // 2
    found.training_step(FaceBatch(torch.rand(8, 1, 24, 24), people), 0).backward()
    assert all(p.grad is not None for p in found.embedding.parameters())
    assert {"train/loss", "triplets/active", "distance/same"} <= logged.keys()
