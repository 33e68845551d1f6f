"""One backbone, many heads: saved and loaded to the same, every damage told."""

import hashlib
import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save

from triptych.frame.errors import ConfigError, RunError, UnknownNameError
from triptych.frame.storage.model_files import DESCRIPTION, FORMAT, WEIGHTS, save_model
from triptych.multitask import DatasetInfo
from triptych.multitask.model.multitask_model import MultitaskModel

TARGETS = ("label", "box", "circle", "mask")
INFO = DatasetInfo(
    "digits", 1, 20, 24, TARGETS, ("0", "1"), head_names={"label": "digit"}, background="dark"
)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    MultitaskModel(INFO, ["label", "box"]).save(tmp_path)
    return tmp_path


def refused(folder: Path, words: str) -> None:
    with pytest.raises(RunError, match=words) as told:
        MultitaskModel.load(folder)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("heads", [["label"], ["mask", "label"], ["circle", "box", "mask"]])
def test_what_is_loaded_says_the_same(tmp_path: Path, heads: list[str]):
    model = MultitaskModel(INFO, heads).eval()
    model.save(tmp_path)
    loaded, images = MultitaskModel.load(tmp_path), torch.rand(3, 1, 20, 24)
    assert loaded.info == INFO and list(loaded.heads) == [INFO.display_name(head) for head in heads]
    assert not loaded.training
    for name, output in model(images).items():
        assert torch.equal(loaded(images)[name], output)


def test_the_order_of_heads_changes_no_answer_but_their_order():
    torch.manual_seed(0)
    model = MultitaskModel(INFO, ["label", "box"]).eval()
    turned = MultitaskModel(INFO, ["box", "label"]).eval()
    turned.load_state_dict(model.state_dict())
    images = torch.rand(2, 1, 20, 24)
    assert list(turned(images)) == ["box", "digit"]
    for name, output in model(images).items():
        assert torch.equal(turned(images)[name], output)


def test_dense_heads_get_a_decoder():
    assert MultitaskModel(INFO, ["label"]).backbone_name == "residual"
    assert MultitaskModel(INFO, ["label", "mask"]).backbone_name == "unet"
    assert MultitaskModel(INFO, ["label"], "unet").backbone_name == "unet"


def test_an_unknown_part_is_told():
    with pytest.raises(UnknownNameError, match=r"no head 'lable'. Did you mean 'label'"):
        MultitaskModel(INFO, ["lable"])
    with pytest.raises(UnknownNameError, match=r"no backbone 'unett'. Did you mean 'unet'"):
        MultitaskModel(INFO, ["label"], "unett")
    with pytest.raises(ConfigError, match=r"Backbone 'unet' with .*depth"):
        MultitaskModel(INFO, ["label"], "unet", {"depth": 3})


def test_a_folder_without_a_model_is_told(tmp_path: Path):
    refused(tmp_path, r"Expected a finished run of `triptych train`, but .*model\.json")
    refused(tmp_path / "none", "there is no folder .*none")


def test_missing_weights_are_told(saved: Path):
    (saved / WEIGHTS).unlink()
    refused(saved, r"model\.safetensors cannot be read")


def test_changed_weights_are_told(saved: Path):
    changed = bytearray((saved / WEIGHTS).read_bytes())
    changed[-1] ^= 1
    (saved / WEIGHTS).write_bytes(changed)
    refused(saved, "not the file that was saved: it is damaged or was changed")


def test_weights_cut_short_are_told(saved: Path):
    (saved / WEIGHTS).write_bytes((saved / WEIGHTS).read_bytes()[:-9])
    refused(saved, "not the file that was saved")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '"model"', '{"format": "1"}'])
def test_a_damaged_description_is_told(saved: Path, text: str):
    (saved / DESCRIPTION).write_text(text)
    refused(saved, r"model\.json")


def test_a_newer_format_is_told(saved: Path):
    change(saved, format=FORMAT + 1)
    refused(saved, rf"has format {FORMAT + 1}.*reads up to {FORMAT}.*Upgrade")


def change(folder: Path, **facts: object) -> None:
    description = json.loads((folder / DESCRIPTION).read_bytes())
    (folder / DESCRIPTION).write_text(json.dumps({**description, **facts}))


@pytest.mark.parametrize(
    "facts",
    [
        {"heads": ["label"]},
        {"heads": ["label", "mask"]},
        {"heads": ["label", "wheel"]},
        {"heads": 3},
        {"heads": None},
        {"backbone": "unet"},
        {"backbone": "vanished"},
        {"backbone": None},
        {"options": {"base": 24}},
        {"options": {"bass": 24}},
        {"options": 1},
        {"info": None},
        {"info": {}},
        {"info": {"dataset": "digits"}},
    ],
    ids=str,
)
def test_a_description_that_does_not_fit_is_told(saved: Path, facts: dict):
    change(saved, **facts)
    refused(saved, r"model\.json")


@pytest.mark.parametrize("content", [b"", b"\x80\x04.", b"\xff" * 64])
def test_weights_of_another_kind_are_told(saved: Path, content: bytes):
    (saved / WEIGHTS).write_bytes(content)
    change(saved, sha256=hashlib.sha256(content).hexdigest())
    refused(saved, r"model\.safetensors is damaged")


def test_weights_of_another_network_are_told(saved: Path):
    other = save({"stem.weight": torch.ones(3)})
    (saved / WEIGHTS).write_bytes(other)
    change(saved, sha256=hashlib.sha256(other).hexdigest())
    refused(saved, "do not fit")


OLD_KEYS = {
    "heads.": "questions.",
    ".spatial_softmax.": ".places.",
    ".direction_bias": ".lean",
    ".mlp.": ".sides.",
    ".refine.": ".touch.",
    ".classifier.": ".pixel.",
}


def test_a_model_of_version_0_1_0_is_loaded(tmp_path: Path):
    torch.manual_seed(0)
    model = MultitaskModel(INFO, ["circle", "mask", "label", "box"], "unet", {"max_channels": 32})
    tensors = model.eval().state_dict()
    for now, then in OLD_KEYS.items():
        tensors = {name.replace(now, then): tensor for name, tensor in tensors.items()}
    assert not any(name.startswith("heads") for name in tensors)
    old = {
        "card": {
            "dataset": "digits",
            "channels": 1,
            "height": 20,
            "width": 24,
            "truths": TARGETS,
            "classes": ["0", "1"],
            "attributes": [],
            "names": {"label": "digit"},
            "ground": "dark",
        },
        "backbone": "unet",
        "options": {"widest": 32},
        "heads": ["circle", "mask", "label", "box"],
    }
    save_model(tmp_path, tensors, old)
    change(tmp_path, format=1)
    loaded, images = MultitaskModel.load(tmp_path), torch.rand(2, 1, 20, 24)
    assert loaded.info == INFO and loaded.options == {"max_channels": 32}
    for name, output in model(images).items():
        assert torch.equal(loaded(images)[name], output)
