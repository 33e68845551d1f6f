"""The table of how unsure a model is of each picture."""

import csv
from io import StringIO
from pathlib import Path

import numpy as np

from triptych.multitask.active_learning.uncertainty_table import PictureUncertainty, table_bytes
from triptych.multitask.inference.prediction import Prediction
from triptych.multitask.structures.annotated_image import AnnotatedImage, AnnotatedObject


def test_a_row_tells_what_is_known_and_leaves_the_rest_empty():
    pixels = np.zeros((3, 4, 3), np.uint8)
    told = Prediction('a, "b" é.png', pixels, (), False, uncertainty=0.123456, novelty=0.5)
    image = AnnotatedImage(Path("/a"), objects=(AnnotatedObject("x"),))
    silent = Prediction("c\udcff.png", pixels, (), False)
    unlabelled = AnnotatedImage(image.file)
    rows = [PictureUncertainty.of(told, image), PictureUncertainty.of(silent, unlabelled)]
    read = list(csv.DictReader(StringIO(table_bytes(rows).decode())))
    assert read == [
        {"picture": 'a, "b" é.png', "uncertainty": "0.1235", "novelty": "0.5", "objects": "1"},
        {"picture": "c\\udcff.png", "uncertainty": "", "novelty": "0.0", "objects": ""},
    ]
