"""A network kept in a folder comes back as it was, or one line says what is wrong with it."""

import copy
import hashlib
import json
import pickle
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from triptych import __version__
from triptych.frame.errors import ConfigError, RunError, UnknownNameError, WriteError
from triptych.frame.storage.model_files import (
    DESCRIPTION,
    FORMAT,
    WEIGHTS,
    accept_former_names,
    building_network,
    checksum,
    load_model,
    save_model,
)


def tensors() -> dict[str, Tensor]:
    chance = torch.Generator().manual_seed(0)
    return {
        "stem.weight": torch.randn(4, 3, 3, 3, generator=chance),
        "steps": torch.tensor(7),
        "empty": torch.zeros(0, 2),
        "half": torch.randn(5, generator=chance).to(torch.bfloat16),
    }


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    save_model(tmp_path, tensors(), {"panel": "none", "names": ["é", "😀"]})
    return tmp_path


def refused(folder: Path, words: str) -> None:
    with pytest.raises(RunError, match=words) as told:
        load_model(folder)
    assert "\n" not in str(told.value)


def test_what_is_kept_comes_back(saved: Path):
    description, found = load_model(saved)
    assert description["panel"] == "none" and description["names"] == ["é", "😀"]
    assert description["format"] == FORMAT and description["triptych"] == __version__
    assert found.keys() == tensors().keys()
    for name, values in tensors().items():
        assert found[name].dtype == values.dtype and found[name].equal(values), name


def test_tensors_may_lie_anyhow_in_memory(tmp_path: Path):
    turned = torch.arange(12.0).reshape(3, 4).T
    laid_out = torch.rand(2, 3, 4, 5).to(memory_format=torch.channels_last)
    save_model(tmp_path, {"turned": turned, "laid_out": laid_out}, {})
    found = load_model(tmp_path)[1]
    assert found["turned"].equal(turned) and found["laid_out"].equal(laid_out)


def test_keeping_again_replaces_both_files(saved: Path):
    save_model(saved, {"only": torch.ones(1)}, {"panel": "other"})
    description, found = load_model(saved)
    assert description["panel"] == "other" and "names" not in description
    assert list(found) == ["only"]
    assert sorted(path.name for path in saved.iterdir()) == sorted([WEIGHTS, DESCRIPTION])


def test_a_description_cannot_speak_for_other_weights(saved: Path):
    save_model(saved, tensors(), {"sha256": "0" * 64})
    found = load_model(saved)[0]["sha256"]
    assert found == hashlib.sha256((saved / WEIGHTS).read_bytes()).hexdigest()
    assert found == checksum(tensors())


def test_a_folder_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(WriteError, match="there is no folder"):
        save_model(tmp_path / "none", tensors(), {})
    refused(
        tmp_path / "none",
        r"a finished run of `triptych train`, but there is no folder .*none",
    )
    refused(tmp_path, r"Expected a finished run")


def test_weights_that_are_missing_cut_short_or_changed_are_told(saved: Path):
    path = saved / WEIGHTS
    whole = path.read_bytes()
    for content in (whole[:-1], whole[:-1] + bytes([whole[-1] ^ 1]), whole + b"\0", b""):
        path.write_bytes(content)
        refused(saved, "not the file that was saved")
    path.unlink()
    refused(saved, r"model\.safetensors cannot be read")
    path.mkdir()
    refused(saved, r"model\.safetensors cannot be read")


class Trap:
    """What a pickle can do to its reader."""

    def __reduce__(self):
        return pytest.fail, ("a pickle was opened",)


@pytest.mark.parametrize(
    "content", [b"", b"\xff" * 64, pickle.dumps(Trap()), b"\x08" + bytes(7) + b'{"a":1}}']
)
def test_weights_that_are_none_are_told_though_their_checksum_is_right(saved: Path, content: bytes):
    (saved / WEIGHTS).write_bytes(content)
    description = json.loads((saved / DESCRIPTION).read_bytes())
    description["sha256"] = hashlib.sha256(content).hexdigest()
    (saved / DESCRIPTION).write_text(json.dumps(description))
    refused(saved, r"model\.safetensors is damaged")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", "\x00", '"model"', '{"sha256": 1}'])
def test_a_damaged_description_is_told(saved: Path, text: str):
    (saved / DESCRIPTION).write_text(text)
    refused(saved, r"model\.json is damaged")


@pytest.mark.parametrize("version", [FORMAT + 1, "1", None, [1]])
def test_a_format_we_do_not_know_is_told(saved: Path, version: object):
    description = {**json.loads((saved / DESCRIPTION).read_bytes()), "format": version}
    (saved / DESCRIPTION).write_text(json.dumps(description))
    refused(saved, rf"reads up to {FORMAT}\. Upgrade")


class _Pair(nn.Module):
    def __init__(self, first: str, second: str):
        super().__init__()
        self.add_module(first, nn.Linear(2, 1))
        self.register_parameter(second, nn.Parameter(torch.randn(3)))


def test_weights_saved_under_former_names_load():
    former = nn.ModuleDict({"part": _Pair("old", "older"), "other": nn.Linear(1, 1)})
    pair = _Pair("new", "newer")
    accept_former_names(pair, {"old": "new", "older": "newer"})
    today = nn.ModuleDict({"part": pair, "other": nn.Linear(1, 1)})
    for model in (today, copy.deepcopy(today)):
        model.load_state_dict(former.state_dict())
        for now, then in zip(model.parameters(), former.parameters()):
            assert now.equal(then)
    today.load_state_dict(today.state_dict())


def test_a_name_that_only_begins_like_a_former_one_stays():
    module = _Pair("older", "newer")
    accept_former_names(module, {"old": "new"})
    module.load_state_dict(_Pair("older", "newer").state_dict())


@pytest.mark.parametrize(
    "error", [KeyError("heads"), ConfigError("no"), RuntimeError("shapes"), ZeroDivisionError()]
)
def test_what_does_not_fit_is_one_error(tmp_path: Path, error: Exception):
    words = rf"model\.json and its weights do not fit .*{type(error).__name__}"
    with pytest.raises(RunError, match=words), building_network(tmp_path, {}):
        raise error


def test_an_unknown_part_is_told_with_the_plug_in_it_may_come_from(tmp_path: Path):
    words = r"cannot be followed\. no head 'wheel'.*--plugin /home/wheel\.py"
    with (
        pytest.raises(RunError, match=words),
        building_network(tmp_path, {"plugins": {"/home/wheel.py": "abc"}}),
    ):
        raise UnknownNameError("no head 'wheel'.")
