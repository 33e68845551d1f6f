"""What is it like, apart from its class?"""

from ..structures.info import Card
from ._classification import Choice


class Attribute(Choice):
    """A second class that is independent of the first, such as a colour."""

    needs = "attribute"

    @staticmethod
    def choices(card: Card) -> tuple[str, ...]:
        return card.attributes
