"""Integrated gradients: what each pixel adds to an answer, on the way from an empty image."""

from collections.abc import Sequence
from importlib import import_module

import torch

from .explained_head import ExplainedHead, HeatMaps, Images

STEPS = (50, 200, 800)  # from the empty image to the image: more where the fewer leave an error
AMISS = 0.05  # of the difference of the scores: errors up to this are let be
PIXELS_AT_ONCE = 2**18  # of images whose gradients are computed together


def integrated_gradients(
    explained: ExplainedHead, images: Images, *, steps: Sequence[int] = STEPS
) -> HeatMaps:
    """The gradient of the score by each pixel's values, averaged on the straight way from the empty
    image to the image, times the difference of the two (Sundararajan et al. 2017).

    Computed by Captum, by the quadrature of Gauss and Legendre. The values of a map add up to the
    score of the image less that of the empty one ("completeness"); those of an image where the sum
    is off by more than 5 % are computed anew by more steps, as long as there are any.

    Parameters:
        explained: of the same images.
        images: values 0 … 1.
        steps: how many are taken, and how many next where they do not do.
    """
    method = import_module("captum.attr").IntegratedGradients(explained)
    answers, empty_answers = explained.references
    with torch.no_grad():
        difference = explained(images, answers, empty_answers)
        difference = difference - explained(explained.empty, answers, empty_answers)
    height, width = explained.image_size
    heat = images.new_zeros(len(images), height, width)
    left = torch.arange(len(images), device=images.device)
    for count in steps:
        attributions = method.attribute(
            images[left].detach().requires_grad_(),
            baselines=explained.empty[left],
            additional_forward_args=(answers[left], empty_answers[left]),
            n_steps=count,
            internal_batch_size=max(len(left), PIXELS_AT_ONCE // (height * width)),
        )
        heat[left] = attributions.detach().float().sum(1)
        amiss = (heat[left].sum((1, 2)) - difference[left]).abs()
        left = left[amiss > AMISS * difference[left].abs()]
        if not len(left):
            break
    return heat
