"""The table of how unsure a model is of each picture."""

import csv
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from io import StringIO

from ..inference.prediction import Prediction
from ..structures.annotated_image import AnnotatedImage


@dataclass(frozen=True)
class PictureUncertainty:
    """A row of the table.

    Parameters:
        picture: its file.
        uncertainty: 0 … 1, as `Prediction` has it; None where no head of the run tells it.
        novelty: how unlike the pictures the model learned it is, above 1 for one held-out picture
            of a hundred.
        objects: how many things are written; None where the run says nothing of things.
    """

    picture: str
    uncertainty: float | None
    novelty: float
    objects: int | None

    @classmethod
    def of(cls, prediction: Prediction, image: AnnotatedImage) -> "PictureUncertainty":
        """The row of a picture.

        Parameters:
            prediction: of the picture.
            image: what is written of it.
        """
        doubt = prediction.uncertainty
        count = None if image.objects is None else len(image.objects)
        rounded = None if doubt is None else round(doubt, 4)
        return cls(prediction.name, rounded, round(prediction.novelty, 4), count)


def table_bytes(rows: Iterable[PictureUncertainty]) -> bytes:
    """The table as CSV in UTF-8, in the order of the rows; what is not known stays empty.

    Parameters:
        rows: of the pictures that are written.
    """
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(field.name for field in fields(PictureUncertainty))
    writer.writerows(astuple(row) for row in rows)
    return text.getvalue().encode(errors="backslashreplace")
