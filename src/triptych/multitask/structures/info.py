"""DatasetInfo: all that a model may know of a dataset, saved with the model."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

FORMER_NAMES = {"truths": "targets", "names": "head_names", "ground": "background"}
"""What fields were called in runs of version 0.1.0, and are called today."""


@dataclass(frozen=True)
class DatasetInfo:
    """What the images of a dataset are like and what there is to tell apart.

    Parameters:
        dataset: its name.
        channels: of an image: 1 for grey, 3 for RGB.
        height: of an image in pixels, as is `width`.
        targets: the names of the targets its batches hold.
        classes: the names of the classes, by number.
        attributes: the names of the attributes, by number.
        head_names: what a head is called here where that is not its own name:
            {"label": "digit"}.
        background: the brightness behind things: "dark" where it always is, and then images with
            a light border are inverted before prediction.
        input: how an image is prepared before prediction: "image" fits the whole of it into the
            canvas; "ink" finds what is written in it, and shows the network one character at a
            time (`preprocessing.prepare`).
        extra: what heads of other kinds need to know, by the name of their target; values that JSON
            can hold.
    """

    dataset: str
    channels: int
    height: int
    width: int
    targets: tuple[str, ...]
    classes: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    head_names: Mapping[str, str] = field(default_factory=dict, hash=False)
    background: Literal["dark", "any"] = "any"
    input: Literal["image", "ink"] = "image"
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def semantic_classes(self) -> tuple[str, ...]:
        """The classes of a semantic map, by number: the background is 0."""
        return ("background", *self.classes)

    @property
    def inverts(self) -> bool:
        """Whether whole images with a light border are inverted before prediction."""
        return self.input == "image" and self.background == "dark"

    def seen_by(self, head: str) -> "DatasetInfo":
        """The info for one head: where a dataset has several attributes, with the values of the one
        that the head is about.

        Parameters:
            head: its name; "attribute:color" is about the attribute "color", whose values are in
                `extra["attributes"]`.
        """
        kind, _, name = head.partition(":")
        if kind != "attribute" or not name:
            return self
        return replace(self, attributes=tuple(self.extra["attributes"][name]))

    def images_within(self, pixels: int, most: int) -> int:
        """How many images have so many pixels together: at least one, at most `most`.

        Parameters:
            pixels: of all of them.
            most: images, however small they are.
        """
        return max(1, min(most, pixels // (self.height * self.width)))

    def display_name(self, head: str) -> str:
        """What a head is called in this dataset."""
        return self.head_names.get(head, head)

    def head_for(self, name: str) -> str:
        """The head that is called so in this dataset; the name itself where none is."""
        return next((head for head, known in self.head_names.items() if known == name), name)

    def to_dict(self) -> dict[str, Any]:
        """Its fields by name, ready for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "DatasetInfo":
        """The info that `to_dict` gave, in this version or an earlier one.

        Raises TypeError for anything else.
        """
        values = {FORMER_NAMES.get(key, key): value for key, value in data.items()}
        lists = {key: tuple(value) for key, value in values.items() if isinstance(value, list)}
        return cls(**{**values, **lists})
