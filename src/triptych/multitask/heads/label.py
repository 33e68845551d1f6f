"""Which class is it?"""

from ..card import Card
from ..choice import Choice


class Label(Choice):
    """The class: which digit, which emoji."""

    needs = "label"

    @staticmethod
    def choices(card: Card) -> tuple[str, ...]:
        return card.classes
