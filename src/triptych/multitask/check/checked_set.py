"""CheckedSet: a set of annotated images with all that its checks look at."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int
from numpy import ndarray

from ..annotated.annotated_set import AnnotatedSet
from ..annotated.splits import split_images
from ..structures.split import SPLITS
from .finding import SHOWN, Example
from .object_table import ObjectTable, read_objects
from .pictures.facts import PictureFacts


@dataclass(frozen=True)
class CheckedSet:
    """A set of annotated images with all that its checks look at.

    Parameters:
        annotated: the set.
        facts: about the files of its pictures.
        splits: the split of each image, a number in `SPLITS`: as stated, else as training divides.
        split_is_stated: whether a split is stated for any image.
        objects: in all images.
    """

    annotated: AnnotatedSet
    facts: PictureFacts
    splits: Int[ndarray, " images"]
    split_is_stated: bool
    objects: ObjectTable

    @classmethod
    def of(cls, annotated: AnnotatedSet, facts: PictureFacts) -> "CheckedSet":
        """A set with its splits and objects.

        Parameters:
            annotated: the set.
            facts: about its pictures.
        """
        column = annotated.columns["split"]
        is_stated = column.null_count < len(column)
        return cls(annotated, facts, split_images(annotated), is_stated, read_objects(annotated))

    def sizes(self) -> Int[ndarray, "images 2"]:
        """Width and height of each image, upright: its own, else as annotated; 0 where unknown."""
        return np.where(self.facts.has_size[:, None], self.facts.upright_sizes(), self.stated())

    def stated(self) -> Int[ndarray, "images 2"]:
        """Width and height that the annotation states; 0 where it does not."""
        columns = self.annotated.columns
        pair = [columns[name].fill_null(0).to_numpy() for name in ("width", "height")]
        return np.stack(pair, 1).astype(np.int64)

    def name(self, image: int) -> str:
        """What an image is called in lines about it.

        Parameters:
            image: its number.
        """
        columns = self.annotated.columns
        within = columns["name"][image].as_py()
        file = columns["file"][image].as_py()
        return f"{file}, {within}" if within else file

    def split_name(self, image: int) -> str:
        """The name of the split of an image.

        Parameters:
            image: its number.
        """
        return SPLITS[int(self.splits[image])]

    def examples(
        self, images: Bool[ndarray, " images"], details: Sequence[str] | str = ""
    ) -> tuple[Example, ...]:
        """The first of some images.

        Parameters:
            images: which they are.
            details: what is the matter with each, or with all.
        """
        first = np.flatnonzero(images)[:SHOWN].tolist()
        said = [details] * len(first) if isinstance(details, str) else details
        return tuple(Example(self.name(at), line, at) for at, line in zip(first, said))
