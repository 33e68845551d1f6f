"""Masks: from an image, or predicted by a network that was trained for them."""

from pathlib import Path
from typing import Any

import numpy as np

from ...frame.errors import ConfigError
from ...style.imaging.masks import MaskArray, read_mask
from ...style.job.session import MaskReader, Pixels
from .. import console

TRAIN = "Train one: triptych train digits --heads mask."


def mask_reader(device: str = "auto") -> MaskReader:
    """Reads the mask of a name; of a run folder, its mask head segments the content."""

    def read(name: str, content: np.ndarray) -> np.ndarray:
        return predict_mask(name, content, device) if Path(name).is_dir() else read_mask(name)

    return read


def predict_mask(run: str, content: Pixels, device: str) -> MaskArray:
    """The mask that the mask head of a run predicts.

    Parameters:
        run: its folder.
        content: RGB uint8.
        device: to compute on.

    Raises RunError for what is no run, ConfigError where it has no mask head or finds nothing.
    """
    from ... import multitask
    from ...frame.storage.model_files import DESCRIPTION
    from ...multitask.structures.annotations import BinaryMask

    if not (Path(run) / DESCRIPTION).exists():
        raise ConfigError(
            f"Expected a picture or a finished run with a mask head for --mask, got the folder "
            f"{run}. {TRAIN}"
        )
    answers: dict[str, Any] = dict(multitask.load(run, device=device).predict(content).annotations)
    for name, answer in answers.items():
        if isinstance(answer, BinaryMask):
            share = float(answer.pixels.mean())
            if not share:
                raise ConfigError(f"The head '{name}' of {run} finds nothing in the content.")
            console.log(f"mask: the head '{name}' of {Path(run).name} finds {share:.0%}")
            return answer.probability.astype(np.float32)
    heads = ", ".join(answers)
    raise ConfigError(f"Expected a run with a mask head, but {run} has {heads}. {TRAIN}")
