"""Which class is it?"""

from ..structures.info import Card
from ._classification import Choice


class Label(Choice):
    """The class: which digit, which emoji."""

    needs = "label"

    @staticmethod
    def choices(card: Card) -> tuple[str, ...]:
        return card.classes
