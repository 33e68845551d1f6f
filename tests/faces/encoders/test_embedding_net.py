"""A network whose answers are unit vectors, alike from images and from crops."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from triptych.backbones import BACKBONES
from triptych.faces.encoders._embedding_net import CPU_BATCH, EmbeddingNet
from triptych.faces.encoders._pretrained import pretrained_network
from triptych.frame.errors import ConfigError, DataError, UnknownNameError


def crops(count: int, height: int, width: int, channels: int = 3, seed: int = 0) -> np.ndarray:
    chance = np.random.default_rng(seed)
    return chance.integers(0, 256, (count, height, width, channels), dtype=np.uint8)


def published(embedding: EmbeddingNet) -> dict[str, torch.Tensor]:
    """Its weights under the names they are published with."""
    state = embedding.state_dict()
    return {name.split(".", 1)[1]: values.contiguous() for name, values in state.items()}


@pytest.mark.parametrize("name", list(BACKBONES))
@pytest.mark.parametrize(("channels", "height", "width"), [(1, 28, 28), (3, 56, 46), (3, 20, 31)])
def test_every_backbone_gives_unit_vectors(name: str, channels: int, height: int, width: int):
    embedding = EmbeddingNet(name, channels, height, width, dim=16).eval()
    vectors = embedding(torch.rand(3, channels, height, width))
    assert vectors.shape == (3, 16)
    assert torch.allclose(vectors.norm(dim=1), torch.ones(3), atol=1e-6)


def test_it_has_the_size_of_the_paper():
    assert EmbeddingNet("mobilefacenet", 3, 112, 96).parameter_count() == 999_552


def test_every_weight_can_learn():
    torch.manual_seed(0)
    embedding = EmbeddingNet("mobilefacenet", 3, 112, 96)
    embedding(torch.rand(4, 3, 112, 96))[:, 0].sum().backward()
    for name, values in embedding.named_parameters():
        assert values.grad is not None and values.grad.abs().sum() > 0, name


@pytest.mark.parametrize("count", [0, 1, CPU_BATCH - 1, CPU_BATCH, CPU_BATCH + 1])
def test_any_number_of_crops_is_encoded(count: int):
    embedding = EmbeddingNet("residual", 1, 20, 18, dim=8).eval()
    vectors = embedding.encode(crops(count, 20, 18, 1))
    assert vectors.shape == (count, 8) and vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


def test_crops_are_told_as_images_however_they_lie_in_memory():
    embedding = EmbeddingNet("mobilefacenet", 3, 40, 32).eval()
    pixels = crops(3, 40, 32)
    images = torch.from_numpy(pixels.copy()).permute(0, 3, 1, 2) / 255
    pixels.setflags(write=False)
    embedding.to_device(torch.device("cpu"))
    for seen, alike in ((pixels, images), (pixels[:, :, ::-1], images.flip(3))):
        assert np.allclose(embedding.encode(seen), embedding(alike).detach().numpy(), atol=1e-5)


@pytest.mark.parametrize("name", list(BACKBONES))
def test_a_network_made_for_answers_gives_the_same(name: str):
    torch.manual_seed(0)
    embedding = EmbeddingNet(name, 3, 48, 40)
    for _ in range(3):  # norms that are not as they begin
        embedding(torch.rand(8, 3, 48, 40))
    pixels = crops(9, 48, 40)
    before = embedding.eval().encode(pixels)
    weights = {name: v.clone() for name, v in embedding.state_dict().items()}
    after = embedding.prepare_for_inference(torch.device("cpu")).encode(pixels)
    assert np.allclose(before, after, atol=1e-5)
    if name == "mobilefacenet":
        assert len(embedding.state_dict()) < len(weights) / 2


def test_grey_is_read_as_three_equal_channels():
    torch.manual_seed(0)
    grey = EmbeddingNet("mobilefacenet", 1, 32, 32).eval()
    colour = EmbeddingNet("mobilefacenet", 3, 32, 32).eval()
    colour.load_state_dict(grey.state_dict())
    images = torch.rand(2, 1, 32, 32)
    assert torch.allclose(grey(images), colour(images.expand(-1, 3, -1, -1)), atol=1e-6)


def test_what_is_described_is_built_again():
    embedding = EmbeddingNet(
        "residual", 1, 30, 20, dim=9, options={"base_channels": 4, "max_channels": 12}
    )
    again = EmbeddingNet.from_description(embedding.description())
    assert again.description() == embedding.description()
    again.load_state_dict(embedding.state_dict())


def test_what_does_not_exist_is_told():
    with pytest.raises(UnknownNameError, match="Did you mean 'mobilefacenet'"):
        EmbeddingNet("mobilefacenets", 3, 112, 96)
    with pytest.raises(ConfigError, match=r"Backbone 'mobilefacenet' with .*base"):
        EmbeddingNet("mobilefacenet", 3, 112, 96, options={"base_channels": 4})


@pytest.mark.parametrize(
    "change", [{"size": 0}, {"height": -3}, {"width": "wide"}, {"options": 3}, {"channels": None}]
)
def test_a_description_changed_by_hand_is_told(change: dict):
    description = EmbeddingNet("residual", 1, 30, 20, dim=9).description()
    with pytest.raises((TypeError, ValueError)):
        EmbeddingNet.from_description({**description, **change})


def test_published_weights_are_loaded_key_for_key(tmp_path: Path):
    embedding = EmbeddingNet("mobilefacenet", 3, 112, 96)
    save_file(published(embedding), tmp_path / "weights.safetensors")
    again = pretrained_network(tmp_path / "weights.safetensors")
    assert not again.training
    for name, values in embedding.state_dict().items():
        assert again.state_dict()[name].equal(values), name


def test_counters_of_training_may_be_absent_but_nothing_else(tmp_path: Path):
    path = tmp_path / "weights.safetensors"
    weights = published(EmbeddingNet("mobilefacenet", 3, 112, 96))
    fewer = {name: v for name, v in weights.items() if not name.endswith("num_batches_tracked")}
    save_file(fewer, path)
    pretrained_network(path)
    for change, word in (
        ({"linear1.conv.weight": None}, r"last\.linear1\.conv\.weight"),
        ({"fc.weight": torch.ones(2)}, r"backbone\.fc\.weight"),
        ({"linear1.conv.weight": torch.ones(2)}, "RuntimeError"),
    ):
        changed = {name: v for name, v in {**fewer, **change}.items() if v is not None}
        save_file(changed, path)
        with pytest.raises(DataError, match=word):
            pretrained_network(path)


@pytest.mark.parametrize("content", [b"", b"\x80\x04.", b"\xff" * 64, None])
def test_weights_that_are_none_are_told(tmp_path: Path, content: bytes | None):
    path = tmp_path / "weights.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=r"weights\.safetensors holds no MobileFaceNet") as told:
        pretrained_network(path)
    assert "\n" not in str(told.value)


@pytest.mark.real
def test_the_published_file_has_our_names_and_no_others(data):
    path = data("faces/mobilefacenet/mobilefacenet128.safetensors")
    embedding, tensors = pretrained_network(path), load_file(path)
    found = published(embedding)
    assert found.keys() == tensors.keys()
    assert all(found[name].equal(values) for name, values in tensors.items())
