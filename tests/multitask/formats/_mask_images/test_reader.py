"""A picture with its masks becomes one annotated image."""

from pathlib import Path

import numpy as np
from PIL import Image

from triptych.multitask.formats._mask_images.known_sets import Meaning
from triptych.multitask.formats._mask_images.meaning import StatedMeaning
from triptych.multitask.formats._mask_images.pairs import Pair
from triptych.multitask.formats._mask_images.reader import MaskReader
from triptych.multitask.structures.import_problems import ImportProblems


def test_an_empty_mask_of_things_says_that_there_is_none(tmp_path: Path):
    for name in ("a.png", "a_mask.png"):
        Image.fromarray(np.zeros((4, 5), np.uint8)).save(tmp_path / name)
    problems = ImportProblems()
    meaning = Meaning("instances", label="cell")
    reader = MaskReader(tmp_path, tmp_path, problems, meaning, StatedMeaning())
    image = reader.annotate(Pair("a.png", ["a_mask.png"]))
    assert image.objects == () and (image.width, image.height) == (5, 4)
    assert reader.annotate(Pair("a.png")).objects is None
