"""Counts what a format cannot hold."""

from collections import Counter

from ...structures.annotated_image import AnnotatedImage


class Losses:
    """Things that were written as something else, or not at all, by kind."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def add(self, kind: str, count: int = 1) -> None:
        """Count things of a kind.

        Parameters:
            kind: what they are, and what became of them: "circles are written as polygons".
            count: how many; 0 for none.
        """
        if count:
            self.counts[kind] += count

    def add_image(self, image: AnnotatedImage) -> None:
        """Count what is known of an image as a whole: formats of objects hold none of it.

        Parameters:
            image: whose objects alone are written.
        """
        self.add("classes of whole images are not written", image.label is not None)
        self.add("attributes of whole images are not written", len(image.attributes))
        self.add("groups of images are not written", image.group is not None)
        self.add("mask files are not written", image.mask is not None)

    def lines(self) -> list[str]:
        """A line for each kind, with how many there were."""
        return [f"{kind}: {count}" for kind, count in self.counts.items()]
