"""Write what a run says of pictures in the format of an annotation tool, the least sure first."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from ...frame.errors import ConfigError, ImageError, WriteError
from ...frame.progress import ProgressCallback, ProgressEvent, no_progress
from ...frame.storage.files import write_bytes
from ..annotated.conversion import writable_format
from ..inference.prediction import Prediction
from ..inference.predictor import Predictor
from ..structures.annotated_image import AnnotatedImage
from .annotate import PredictionAnnotator
from .packed_image import PackedImage
from .uncertainty_table import PictureUncertainty, table_bytes

OBJECTS_ALONE = ("coco", "yolo")  # formats that hold no class of an image as a whole
TABLE = "uncertainty.csv"

Row = tuple[PictureUncertainty, PackedImage]


@dataclass(frozen=True)
class Export:
    """What was written.

    Parameters:
        pictures: in the order in which they are written.
        lost: a line for each kind of thing that the format cannot hold.
    """

    pictures: tuple[PictureUncertainty, ...]
    lost: tuple[str, ...]


def export_predictions(
    predictor: Predictor,
    files: Sequence[Path],
    to: str,
    out: str | Path,
    *,
    model: str = "triptych",
    shape: str | None = None,
    uncertain: bool = False,
    limit: int | None = None,
    skip: Callable[[str, ImageError], None] | None = None,
    listener: Callable[[Prediction], None] | None = None,
    progress: ProgressCallback = no_progress,
) -> Export:
    """Write predictions for people to correct, with copies of the pictures and a table of how
    unsure the model is of each; whole or not at all.

    Parameters:
        predictor: of a finished run.
        files: pictures; each is written once.
        to: the name in `FORMATS` of a format that is written.
        out: a folder that is new or empty.
        model: what the model is called, where the format has a field for it.
        shape: the head whose shapes are written, as `PredictionAnnotator` takes it.
        uncertain: whether the least sure pictures come first, of equal ones the most novel; else
            the order is that of `files`.
        limit: how many are written, the first of that order; by default all.
        skip: told the name and the error of what is no image, which is then left out.
        listener: given each prediction.
        progress: told how far it is.

    Raises UnknownNameError or ConfigError for a format or a head that does not fit, WriteError for
    an `out` that holds something, ImageError where no picture can be read.
    """
    kind, target = writable_format(to, out)
    if target.suffix.lower() == ".xml":
        raise ConfigError(f"Expected a folder, got {out}: pictures are copied beside. Name one.")
    annotator = PredictionAnnotator(predictor.network.info, predictor.network.head_names, shape)
    if annotator.shape_head is None and to in OBJECTS_ALONE:
        raise ConfigError(
            f"{kind.title} holds things in pictures; this run says only what a picture is as a "
            "whole. Write cvat, labelme or label-studio."
        )
    once = list({path.absolute(): path for path in files}.values())

    def rows() -> Iterator[Row]:
        predictions = predictor.predict_batches(once, skip=skip)
        for done, prediction in enumerate(predictions, 1):
            if listener is not None:
                listener(prediction)
            progress(ProgressEvent("predict", done, len(once)))
            image = annotator.annotated(prediction)
            yield PictureUncertainty.of(prediction, image), PackedImage.of(image)

    ordered = iter(sorted(rows(), key=_least_sure_first)) if uncertain else rows()
    first = next(ordered, None)
    if first is None:
        raise ImageError(f"None of {len(once)} pictures can be read, so nothing is written.")
    images = _Images(islice(chain([first], ordered), limit))
    lost = kind.write_predictions(images, annotator.vocabulary, target, model)
    try:
        write_bytes(target / TABLE, table_bytes(images.pictures))
    except WriteError:
        shutil.rmtree(target, ignore_errors=True)
        raise
    return Export(tuple(images.pictures), tuple(lost))


def _least_sure_first(row: Row) -> tuple[float, float]:
    picture, _ = row
    doubt = -1.0 if picture.uncertainty is None else picture.uncertainty
    return -doubt, -picture.novelty


class _Images:
    """The annotated images as often as they are asked for, predicted once and kept packed."""

    def __init__(self, rows: Iterator[Row]):
        self._rows = rows
        self._kept: list[PackedImage] = []
        self.pictures: list[PictureUncertainty] = []  # of the images that were given

    def __iter__(self) -> Iterator[AnnotatedImage]:
        for image in self._kept:
            yield image.unpacked()
        for picture, image in self._rows:
            self.pictures.append(picture)
            self._kept.append(image)
            yield image.unpacked()
