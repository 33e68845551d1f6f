"""How the gradients of heads agree: the cosine of the angle between each two, and their norms."""

from collections.abc import Mapping
from itertools import combinations
from math import ceil, inf

from jaxtyping import Float
from torch import Tensor

COST = 0.02  # of the training time: what measuring may take
BACKWARD = 2 / 3  # of the time of a training step: one backward pass
MOST = 200  # measurements in a training: more make no better curve


def measured_each(heads: int, batches: int) -> int:
    """Gradients are measured in one batch of so many.

    Each measurement takes a backward pass more for each head.

    Parameters:
        heads: of the model.
        batches: of the whole training.

    >>> measured_each(4, 5000), measured_each(2, 5000), measured_each(4, 100_000)
    (134, 67, 500)
    """
    return max(ceil(heads * BACKWARD / COST), batches // MOST)


def is_due(number: int, each: int) -> bool:
    """Whether gradients are measured in a batch: in the middle of each run of so many.

    Parameters:
        number: of the batch in the whole training, from 0.
        each: in one batch of how many.

    >>> [number for number in range(400) if is_due(number, 134)]
    [67, 201, 335]
    """
    return number % each == each // 2


def compare_gradients(
    gradients: Float[Tensor, "heads values"], weights: Mapping[str, float]
) -> dict[str, float]:
    """cosine/A+B for each two heads, and norm/A for each: of the gradient of its weighted loss.

    A cosine of 1 means that what is good for one head is as good for the other, of 0 that neither
    minds the other, of −1 that each undoes what the other does. A head without a gradient, as it
    has no target among the images, is left out.

    Parameters:
        gradients: of the heads' losses without their weights, in the order of `weights`.
        weights: of the heads, by name.
    """
    gram = (gradients.double() @ gradients.double().T).cpu()
    norms = gram.diagonal().sqrt()
    place = {name: number for number, name in enumerate(weights) if 0 < norms[number] < inf}
    cosines = gram / (norms[:, None] * norms)
    figures = {
        f"cosine/{one}+{other}": cosines[place[one], place[other]].clamp(-1, 1).item()
        for one, other in combinations(place, 2)
    }
    return figures | {
        f"norm/{name}": weights[name] * norms[row].item() for name, row in place.items()
    }
