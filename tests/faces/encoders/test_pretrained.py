"""Published weights: found, or read from their author's checkpoint and checked by value."""

import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from triptych.faces.assets import MOBILEFACENET, MOBILEFACENET_CHECKPOINT
from triptych.faces.encoders import _pretrained
from triptych.faces.encoders._build import load_encoder
from triptych.faces.encoders._pretrained import (
    pretrained_network,
    pretrained_weights_path,
    weights_hash,
)
from triptych.faces.encoders.mobilefacenet import FINGERPRINT
from triptych.frame.errors import AssetNotFoundError, DataError
from triptych.frame.storage.assets import cache_folder

TENSORS = {"a.weight": torch.arange(6.0).reshape(2, 3), "b.bias": torch.ones(2)}


@pytest.fixture
def checkpoint(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the checkpoint lies in the cache; weights as in TENSORS are the published ones."""
    monkeypatch.setattr(_pretrained, "DIGEST", weights_hash(TENSORS))
    path = cache_folder() / MOBILEFACENET_CHECKPOINT.path
    path.parent.mkdir(parents=True)
    return path


def save(path: Path, tensors: dict[str, Tensor], **how: bool) -> None:
    torch.save({"iter": 7, "net_state_dict": tensors}, path, **how)


def test_a_digest_is_of_names_shapes_and_values():
    turned = dict(reversed(TENSORS.items()))
    counted = {**TENSORS, "b.num_batches_tracked": torch.tensor(3)}
    assert weights_hash(TENSORS) == weights_hash(turned) == weights_hash(counted)
    others = [
        {**TENSORS, "b.bias": torch.tensor([1.0, 1.5])},
        {**TENSORS, "a.weight": TENSORS["a.weight"].reshape(3, 2)},
        {"a.weight": TENSORS["a.weight"]},
        {"a.weight": TENSORS["a.weight"], "c.bias": TENSORS["b.bias"]},
    ]
    assert len({weights_hash(TENSORS), *map(weights_hash, others)}) == 5


@pytest.mark.parametrize("zipped", [True, False], ids=["zip", "as in 2018"])
def test_a_checkpoint_is_read_once_and_kept_without_pickle(checkpoint: Path, zipped: bool):
    save(checkpoint, TENSORS, _use_new_zipfile_serialization=zipped)
    path = pretrained_weights_path()
    assert path == cache_folder() / _pretrained.CONVERTED
    assert all(load_file(path)[name].equal(values) for name, values in TENSORS.items())
    checkpoint.unlink()
    assert pretrained_weights_path() == path


def test_a_damaged_conversion_is_made_anew(checkpoint: Path):
    save(checkpoint, TENSORS)
    path = pretrained_weights_path()
    save_file({"a.weight": torch.zeros(1)}, path)
    assert weights_hash(load_file(pretrained_weights_path())) == _pretrained.DIGEST
    path.write_bytes(b"no")
    assert weights_hash(load_file(pretrained_weights_path())) == _pretrained.DIGEST


def test_other_weights_are_told(checkpoint: Path):
    save(checkpoint, {**TENSORS, "b.bias": torch.zeros(2)})
    with pytest.raises(DataError, match=r"068\.ckpt holds other weights.*Delete it"):
        pretrained_weights_path()
    assert not (cache_folder() / _pretrained.CONVERTED).exists()


class Trap:
    """What a pickle can do to its reader."""

    def __reduce__(self):
        return pytest.fail, ("a pickle was opened",)


@pytest.mark.parametrize("kind", ["trap", "zipped trap", "empty", "page", "list", "numbers"])
def test_a_file_that_is_no_checkpoint_is_told_and_never_run(checkpoint: Path, kind: str):
    if kind == "trap":
        checkpoint.write_bytes(pickle.dumps(Trap()))
    elif kind == "zipped trap":
        torch.save({"net_state_dict": Trap()}, checkpoint)
    elif kind in ("list", "numbers"):
        torch.save([1] if kind == "list" else {"net_state_dict": {"a": 1}}, checkpoint)
    else:
        checkpoint.write_bytes(b"" if kind == "empty" else b"<html>not here</html>" * 9)
    with pytest.raises(DataError, match=r"068\.ckpt is no checkpoint") as told:
        pretrained_weights_path()
    assert "\n" not in str(told.value)


def test_offline_it_is_told_where_to_put_what():
    with pytest.raises(
        AssetNotFoundError, match=r"068\.ckpt.*TRIPTYCH_OFFLINE is set.*TRIPTYCH_DATA"
    ):
        pretrained_weights_path()


@pytest.mark.real
def test_the_digest_is_that_of_the_published_weights(data):
    path = data(MOBILEFACENET.path)
    assert pretrained_weights_path() == path and weights_hash(load_file(path)) == _pretrained.DIGEST


@pytest.mark.real
def test_the_checkpoint_gives_the_same_encoder(data, monkeypatch: pytest.MonkeyPatch):
    tensors = load_file(data(MOBILEFACENET.path))
    monkeypatch.delenv("TRIPTYCH_DATA")
    path = cache_folder() / MOBILEFACENET_CHECKPOINT.path
    path.parent.mkdir(parents=True)
    save(path, tensors)
    found = pretrained_network(pretrained_weights_path()).state_dict()
    assert len(found) == len(tensors)
    assert load_encoder("mobilefacenet", device="cpu").fingerprint == FINGERPRINT
