"""Which mask belongs to which picture, by the names of files and folders."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from .._reading.splits import SPLITS, split_of

_SPLIT = f"(?:({'|'.join(SPLITS)})[-_ ]?)"
_IMAGES = "images?|imgs?|pictures|photos|jpegimages|pngimages|leftimg8bit|rgb"
_MASKS = (
    "masks?|labels?|annotations?|trimaps?|gt|gtfine|ground_?truth|seg|segs|segmentations?|"
    "segmentationclass|segmentationobject|pedmasks|instances?|instance_masks"
)
IMAGE_FOLDER = re.compile(f"{_SPLIT}?(?:{_IMAGES})(?:[-_ ]({'|'.join(SPLITS)}))?", re.IGNORECASE)
MASK_FOLDER = re.compile(f"{_SPLIT}?(?:{_MASKS})(?:[-_ ]({'|'.join(SPLITS)}))?", re.IGNORECASE)
MASK_SUFFIX = re.compile(
    r"[-_. ](?:masks?|seg|segmentation|gt|label|labels|trimap|"
    r"gtfine_(?P<city>labelids|labeltrainids|instanceids|color))(?:[-_ ]?\d{1,4})?$",
    re.IGNORECASE,
)
IMAGE_SUFFIX = re.compile(r"_leftImg8bit$|[-_](?:image|img)$", re.IGNORECASE)
CITYSCAPES = ("labeltrainids", "labelids", "instanceids")  # the first that is there is used


@dataclass
class Pair:
    """A picture, and the files that may be its masks.

    Parameters:
        image: its path relative to the root, with slashes; "" where there is none.
        masks: the same of masks.
        split: as a folder says it.
    """

    image: str = ""
    masks: list[str] = field(default_factory=list)
    split: str | None = None


@dataclass(frozen=True)
class Role:
    """What a file is by its name.

    Parameters:
        key: the same for a picture and its masks.
        is_mask: whether it is a mask.
        split: as a folder says it.
    """

    key: str
    is_mask: bool
    split: str | None


def role_of(name: str) -> Role:
    """What a picture file is by its name, and the key that it shares with its counterpart.

    Parameters:
        name: relative to the root, with slashes.

    >>> role_of("train/a.jpg")
    Role(key='train/a', is_mask=False, split='train')
    >>> role_of("train_masks/a_mask.gif")
    Role(key='train/a', is_mask=True, split='train')
    """
    path = PurePosixPath(name)
    kept: list[str] = []
    is_mask, split = False, None
    for folder in path.parts[:-1]:
        match = MASK_FOLDER.fullmatch(folder)
        is_mask = is_mask or match is not None
        match = match or IMAGE_FOLDER.fullmatch(folder)
        word = next(filter(None, match.groups()), None) if match else folder
        split = split or split_of(word)
        kept += [split_of(word) or word] if word else []
    stem = IMAGE_SUFFIX.sub("", path.stem)
    suffix = MASK_SUFFIX.search(stem)
    if suffix and suffix.start():
        is_mask, stem = True, stem[: suffix.start()]
    return Role("/".join([*kept, stem]), is_mask, split)


def pair_up(names: Iterable[str]) -> dict[str, Pair]:
    """Pictures and their masks by their key, sorted.

    Parameters:
        names: of all picture files, relative to the root.
    """
    pairs: dict[str, Pair] = {}
    for name in sorted(names):
        role = role_of(name)
        pair = pairs.setdefault(role.key, Pair(split=role.split))
        if not role.is_mask:
            # of two pictures of one name the first is told as one without mask
            if pair.image:
                pairs[name] = Pair(name, split=role.split)
            else:
                pair.image = name
        else:
            pair.masks.append(name)
    return dict(sorted(pairs.items()))


def usable_masks(masks: list[str], *, instances: bool) -> list[str]:
    """The masks of a picture that say the same thing once: of the several files that Cityscapes
    and VOC give, those of the kind that is asked for.

    Parameters:
        masks: of one picture.
        instances: whether each thing is asked for, else classes.
    """
    by_city: dict[str, list[str]] = {}
    for name in masks:
        match = MASK_SUFFIX.search(PurePosixPath(name).stem)
        by_city.setdefault((match["city"] or "").lower() if match else "", []).append(name)
    for kind in CITYSCAPES[::-1] if instances else CITYSCAPES:
        if by_city.get(kind):
            return by_city[kind]
    left = by_city.get("", [])
    wanted = "segmentationobject" if instances else "segmentationclass"
    voc = [name for name in left if wanted in name.lower().split("/")]
    return voc or left
