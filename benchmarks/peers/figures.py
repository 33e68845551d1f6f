"""The figures of the course projects, in NumPy, so that no program judges itself.

All are means over images of values between 0 and 1. Tests compare them with triptych's metrics.
"""

from collections.abc import Mapping

import numpy as np

Arrays = Mapping[str, np.ndarray]

LENS_SAMPLES = 256  # by which the area that two circles share is integrated


def figure(recipe: str, said: Arrays, truth: Arrays) -> dict[str, float]:
    """The figures of one recipe, the main one first.

    Parameters:
        recipe: one of `FIGURES`.
        said: what was predicted, by target; probabilities of classes and masks.
        truth: the targets themselves.
    """
    return {name: float(np.mean(values)) for name, values in FIGURES[recipe](said, truth).items()}


def right(said: Arrays, truth: Arrays, target: str) -> np.ndarray:
    """Whether the most probable class of each image is the true one."""
    return said[target].argmax(1) == truth[target]


def mask_iou(said: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """The Jaccard index of each image's mask; 1 where both are empty."""
    inside = said > 0.5
    both, either = (part.sum((1, 2)) for part in (inside & truth, inside | truth))
    return np.where(either > 0, both / np.maximum(either, 1), 1.0)


def box_iou(said: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Of boxes (left, top, right, bottom)."""
    shared = np.minimum(said, truth)[:, 2:] - np.maximum(said, truth)[:, :2]
    shared = shared.clip(min=0).prod(1)
    areas = sum((boxes[:, 2:] - boxes[:, :2]).clip(min=0).prod(1) for boxes in (said, truth))
    return shared / np.maximum(areas - shared, 1e-9)


def circle_iou(said: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Of circles (x, y, radius); the area they share is integrated in strips across the line
    through their centers."""
    distance = np.hypot(*(said - truth)[:, :2].T)
    first, second = said[:, 2].clip(min=1e-6), truth[:, 2]
    begin, end = np.maximum(-first, distance - second), np.minimum(first, distance + second)
    at = (np.arange(LENS_SAMPLES) + 0.5) / LENS_SAMPLES
    along = begin[:, None] + (end - begin).clip(min=0)[:, None] * at
    heights = [
        np.sqrt((radius[:, None] ** 2 - (along - center[:, None]) ** 2).clip(min=0))
        for radius, center in ((first, np.zeros_like(first)), (second, distance))
    ]
    shared = 2 * np.minimum(*heights).mean(1) * (end - begin).clip(min=0)
    return shared / (np.pi * (first**2 + second**2) - shared)


def pixel_iou(said: np.ndarray, truth: np.ndarray) -> float:
    """The Jaccard index over the pixels of all images, background too (micro)."""
    same = float((said == truth).sum())
    return same / (2 * truth.size - same)


FIGURES = {
    "foreground-digits": lambda said, truth: {
        "mask/jaccard": mask_iou(said["mask"], truth["mask"])
    },
    "circled-digits": lambda said, truth: {
        "circle/iou_when_right": circle_iou(said["circle"], truth["circle"])
        * right(said, truth, "label"),
        "digit/accuracy": right(said, truth, "label"),
    },
    "mosaic-digits": lambda said, truth: {
        "semantic/jaccard": pixel_iou(said["semantic"].argmax(-1), truth["semantic"])
    },
    "colored-digits": lambda said, truth: {
        "digit/accuracy": right(said, truth, "label"),
        "color/accuracy": right(said, truth, "attribute"),
    },
    "emoji": lambda said, truth: {
        "box/iou": box_iou(said["box"], truth["box"]),
        "label/accuracy": right(said, truth, "label"),
    },
}
