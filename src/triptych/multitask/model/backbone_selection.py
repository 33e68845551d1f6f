"""Which backbone the heads read, and with which of its options."""

from collections.abc import Mapping, Sequence
from inspect import signature
from typing import Any

from ...backbones import BACKBONES
from ...backbones._blocks import SIZES
from ..heads import head_class


def resolve_backbone(name: str, heads: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """The name of a backbone and the options that follow from what was asked for: its size, and a
    decoder where a head reads fine maps and the backbone has one on demand.

    Parameters:
        name: in `BACKBONES`, or one with its size, "unet-m"; "auto" is a U-Net where a head needs a
            decoder, else "residual".
        heads: names in `HEADS`.

    >>> resolve_backbone("auto", ["box"]), resolve_backbone("unet-m", ["mask"])
    (('residual', {}), ('unet', {'size': 'm'}))
    """
    fine = any(head_class(head).needs_decoder for head in heads)
    if name == "auto":
        return ("unet" if fine else "residual"), {}
    base, _, size = name.rpartition("-")
    if name not in BACKBONES and size in SIZES and "size" in _option_names(base):
        return base, {"size": size}
    return name, {"decoder": True} if fine and "decoder" in _option_names(name) else {}


def supported_options(
    options: Mapping[str, Any], backbone: str, heads: Sequence[str]
) -> dict[str, Any]:
    """Those of some options that the backbone has, and those that suffice for all of the heads.

    Parameters:
        options: recommended for whichever backbone is taken.
        backbone: its name, or "auto".
        heads: the names of the heads, by which "auto" is resolved.
    """
    name, own = resolve_backbone(backbone, heads)
    known = _option_names(name) - own.keys()
    if "size" in own:
        known -= {"base_channels", "max_channels"}  # what was asked for is another size
    wanted = {**options, **_shared_options(heads)}
    return {option: value for option, value in wanted.items() if option in known}


def _shared_options(heads: Sequence[str]) -> dict[str, Any]:
    """The options of the backbone of which all heads say the same."""
    first, *others = [head_class(head).backbone_options for head in heads] or [{}]
    return {
        option: value
        for option, value in first.items()
        if all(other.get(option) == value for other in others)
    }


def _option_names(backbone: str) -> set[str]:
    """The keyword arguments of a backbone; those of none where there is no such backbone."""
    kind = BACKBONES.get(backbone)
    return set() if kind is None else {*signature(kind).parameters}
