"""Which class is it?"""

from ...frame.drawing.colors import BLUE
from ..structures.info import DatasetInfo
from ._classification import ClassificationHead


class LabelHead(ClassificationHead):
    """The class of the image."""

    target_name = "label"
    color = BLUE

    @staticmethod
    def class_names(info: DatasetInfo) -> tuple[str, ...]:
        """The classes of the dataset."""
        return info.classes
