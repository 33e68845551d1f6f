"""Occlusion: how much less an answer is itself where a part of the image is covered."""

from importlib import import_module

import torch

from .explained_head import ExplainedHead, HeatMaps, Images

WINDOWS = 7  # that cover a side of the image without overlapping
MIN_WINDOW = 3  # pixels
PIXELS_AT_ONCE = 2**20  # of covered images that are looked at together


def occlusion(explained: ExplainedHead, images: Images) -> HeatMaps:
    """By how much the score falls where a square is painted in the color of the empty image, the
    square moved over the image by half its side (Zeiler & Fergus 2013).

    Computed by Captum: a pixel has the mean over all squares that cover it.

    Parameters:
        explained: of the same images.
        images: values 0 … 1.
    """
    channels, height, width = images.shape[1:]
    side = min(max(MIN_WINDOW, round(min(height, width) / WINDOWS)), height, width)
    step = max(1, side // 2)
    with torch.no_grad():
        attributions = (
            import_module("captum.attr")
            .Occlusion(explained)
            .attribute(
                images,
                sliding_window_shapes=(channels, side, side),
                strides=(channels, step, step),
                baselines=explained.empty,
                additional_forward_args=explained.references,
                perturbations_per_eval=max(1, PIXELS_AT_ONCE // (len(images) * height * width)),
            )
        )
    return attributions.float().mean(1)
