"""White ink on black as it looks after a photograph has been prepared: soft, uneven, grainy."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor

from ...frame.rng import CounterRNG
from .backgrounds import noise_windows

SHARE = 0.15  # of the images are changed; the others stay clean
MAX_BLUR = 1.0  # of a 3×3 binomial blur applied twice: a photograph out of focus
MAX_FADE = 0.5  # of the ink that is missing where a pen runs dry or the light falls off
GAMMA = (0.6, 1.7)  # of brightness: below 1 strokes look broader, above 1 thinner
MAX_GRAIN = 0.12  # of full brightness: paper that is left between strokes
COARSE, FINE = 3, 1  # noise fields of what fades and of what is grainy


def photographed(
    images: Float[Tensor, "batch channels height width"], rng: CounterRNG
) -> tuple[Float[Tensor, "batch channels height width"], Bool[Tensor, " batch"]]:
    """Images of which some are changed as if they came from photographs of their ink on paper.

    Where things are does not change, but where their edges are seen does.

    Parameters:
        images: white ink on black, 0 … 1.
        rng: one stream for each image.

    Returns the images, and which of them are changed.
    """
    size = images.shape[2], images.shape[3]
    coarse, fine = (
        noise_windows(
            rng, f"paper {name}", torch.full((len(images),), field, device=images.device), size
        )[:, None]
        for name, field in (("fade", COARSE), ("grain", FINE))
    )
    draw = rng.uniform("paper", 5)[..., None, None, None]
    blur, fade, gamma, grain, applied = draw.unbind(1)
    changed = torch.lerp(images, _blurred(images), blur * MAX_BLUR)
    changed = changed * (1 - fade * MAX_FADE * coarse)
    changed = changed.clamp(min=1e-4) ** (GAMMA[0] + gamma * (GAMMA[1] - GAMMA[0]))
    changed = changed + grain.square() * MAX_GRAIN * fine
    peak = changed.amax((1, 2, 3), keepdim=True).clamp(min=1e-3)
    chosen = applied < SHARE
    return torch.where(chosen, (changed / peak).clamp(max=1), images), chosen.flatten()


def _blurred(
    images: Float[Tensor, "batch channels height width"],
) -> Float[Tensor, "batch channels height width"]:
    """Averaged twice with the weights 1 2 1, down and across."""
    kernel = torch.tensor([1.0, 4.0, 6.0, 4.0, 1.0], device=images.device) / 16
    flat = images.flatten(0, 1)[:, None]
    down = F.conv2d(flat, kernel.view(1, 1, 5, 1), padding=(2, 0))
    return F.conv2d(down, kernel.view(1, 1, 1, 5), padding=(0, 2)).view(images.shape)
