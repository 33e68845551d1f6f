"""What is it like, apart from its class?"""

from ...frame.drawing.colors import ORANGE
from ..structures.info import DatasetInfo
from ._classification import ClassificationHead


class AttributeHead(ClassificationHead):
    """A second class that is independent of the first, such as a color."""

    target_name = "attribute"
    color = ORANGE

    @staticmethod
    def class_names(info: DatasetInfo) -> tuple[str, ...]:
        """The attributes of the dataset."""
        return info.attributes
