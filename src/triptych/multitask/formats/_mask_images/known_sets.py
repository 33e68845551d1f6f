"""Sets of masks whose numbers everybody knows: Oxford-IIIT Pet, Cityscapes, VOC, Penn-Fudan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .values import BORDER, Kind

BACKGROUNDS = ("background", "_background_", "__background__", "bg", "unlabeled", "unlabelled")
VOC = (
    *("aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow"),
    *("diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa"),
    *("train", "tvmonitor"),
)
CITYSCAPES = {  # by the number in labelIds, after cityscapesScripts' labels.py; others ignored
    7: "road",
    8: "sidewalk",
    11: "building",
    12: "wall",
    13: "fence",
    17: "pole",
    19: "traffic light",
    20: "traffic sign",
    21: "vegetation",
    22: "terrain",
    23: "sky",
    24: "person",
    25: "rider",
    26: "car",
    27: "truck",
    28: "bus",
    31: "train",
    32: "motorcycle",
    33: "bicycle",
}
CITYSCAPES_THINGS = range(24, 34)
CITYSCAPES_STEP = 1000  # in instanceIds: the class by this, then the number of the thing


@dataclass(frozen=True)
class Meaning:
    """What the numbers in the pixels of masks mean.

    Parameters:
        kind: of the masks.
        classes: the name by value; "" is the background.
        ignored: values that do not count.
        label: the class of the things, where each value is one.
        step: where a value is the class times this, and the number of the thing; else 0.
        title: of the known set; "" for others.
    """

    kind: Kind
    classes: Mapping[int, str] = field(default_factory=dict)
    ignored: tuple[int, ...] = ()
    label: str | None = None
    step: int = 0
    title: str = ""


def known_set(names: Sequence[str], values: Sequence[int], kind: Kind | None) -> Meaning | None:
    """The meaning of a known set; None where it is none.

    Parameters:
        names: of the masks, relative to the root.
        values: that occur in some of them.
        kind: as the user states it.
    """
    first = names[0].lower() if names else ""
    folders = first.split("/")[:-1]
    if "trimaps" in folders and {*values} <= {1, 2, 3}:
        return Meaning("classes", {1: "pet", 2: ""}, (3,), title="Oxford-IIIT Pet")
    if "labeltrainids" in first:
        names_19 = dict(enumerate(CITYSCAPES.values()))
        return Meaning("classes", names_19, (BORDER,), title="Cityscapes labelTrainIds")
    if "labelids" in first:
        ignored = tuple(value for value in range(34) if value not in CITYSCAPES)
        return Meaning("classes", CITYSCAPES, ignored, title="Cityscapes labelIds")
    if "instanceids" in first:
        title = "Cityscapes instanceIds"
        return Meaning("instances", CITYSCAPES, step=CITYSCAPES_STEP, title=title)
    if "pedmasks" in folders:
        return Meaning("instances", label="person", title="Penn-Fudan")
    if "segmentationobject" in folders and kind == "instances":
        return Meaning("instances", ignored=(BORDER,), title="Pascal VOC objects")
    if "segmentationclass" in folders and {*values} <= {*range(21), BORDER}:
        names_20 = {0: "", **dict(enumerate(VOC, 1))}
        return Meaning("classes", names_20, (BORDER,), title="Pascal VOC")
    return None
