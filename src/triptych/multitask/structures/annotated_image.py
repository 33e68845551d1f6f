"""AnnotatedImage: what people wrote about one image of their own, in one form for every tool."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jaxtyping import Float
from numpy import ndarray

from .shapes import Shape


@dataclass(frozen=True)
class AnnotatedObject:
    """One thing in an image.

    Parameters:
        label: the name of its class; None where nobody said it.
        shape: where it is; of several that a tool gives for one thing, the one that says most.
        keypoints: x, y and visibility (0 not labelled, 1 hidden, 2 visible) of each; None for none.
        attributes: what else was said, by name.
        crowd: whether it is a group of things that were not told apart.
        difficult: whether the annotator marked it as hard to recognize.
        truncated: whether it goes on beyond the image.
        score: of a prediction, 0 … 1; None for what people drew.
    """

    label: str | None = None
    shape: Shape | None = None
    keypoints: Float[ndarray, "points 3"] | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    crowd: bool = False
    difficult: bool = False
    truncated: bool = False
    score: float | None = None


@dataclass(frozen=True)
class ClassMap:
    """An image file in which each pixel's value says its class.

    Parameters:
        file: PNG or another format without loss, of the size of the image.
        classes: the name of the class by the value of a pixel; "" is the background.
        ignored: values of pixels that do not count, such as 255 for borders.
    """

    file: Path
    classes: Mapping[int, str]
    ignored: tuple[int, ...] = ()


@dataclass(frozen=True)
class AnnotatedImage:
    """One image and what is known of it. What nobody said is None; an empty list of objects says
    that there is none.

    Parameters:
        file: of the image, absolute; where `size` is given, the file that holds its bytes.
        width: in pixels as the annotation states it, as is `height`; None where it does not.
        height: in pixels.
        label: the name of the class of the image as a whole.
        attributes: what else is said of the image as a whole, by name.
        group: what images belong to that must not be in different splits: a patient, a video.
        split: "train", "validation" or "test" where the annotation says it.
        objects: the things in it; None where nobody looked.
        mask: of the foreground or the classes, as a file of its own.
        offset: of the first byte of the image in `file`.
        size: bytes of the image in `file`; None for all of it.
        name: what the image is called within `file`, where `size` is given.
        score: how sure a model is of all that it says of the image, 0 … 1; None for what people
            said.
    """

    file: Path
    width: int | None = None
    height: int | None = None
    label: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    group: str | None = None
    split: str | None = None
    objects: tuple[AnnotatedObject, ...] | None = None
    mask: ClassMap | None = None
    offset: int = 0
    size: int | None = None
    name: str = ""
    score: float | None = None
