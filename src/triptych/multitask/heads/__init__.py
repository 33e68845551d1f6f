"""Heads, one question a file: a backbone's maps come in; outputs, losses and annotations go out.

A module without a leading underscore is a head.
"""

from collections.abc import Sequence

from ...backbones._backbone import FeatureInfo
from ...frame.registry import Registry
from ..structures.info import DatasetInfo
from ._head import Head

HEADS: Registry[type[Head]] = Registry("head", "triptych.multitask.heads", Head)


def head_class(name: str) -> type[Head]:
    """The class of a head.

    Parameters:
        name: in `HEADS`; what follows a colon says which target the head is about, where a dataset
            has several of a kind: "attribute:color".

    Raises UnknownNameError.
    """
    return HEADS[name.partition(":")[0]]


def target_of(name: str) -> str:
    """The target that a head learns from.

    Parameters:
        name: of the head, as `head_class` takes it.
    """
    return name if ":" in name else HEADS[name].target_name


def build_head(name: str, info: DatasetInfo, feature_info: Sequence[FeatureInfo]) -> Head:
    """A head with random weights.

    Parameters:
        name: as `head_class` takes it.
        info: of the dataset.
        feature_info: of the backbone's maps, finest first.
    """
    head = head_class(name)(info.seen_by(name), feature_info)
    head.target_name = target_of(name)
    return head
