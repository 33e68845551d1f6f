"""What the heads share: parameters of the backbone that the losses of all of them reach."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn


def last_shared_layer(losses: Mapping[str, Tensor], backbone: nn.Module) -> nn.Parameter | None:
    """The weights of the last layer that the losses of all heads depend on; None where all that
    they share is frozen.

    Heads read maps of several resolutions, so it is not always the backbone's last layer: in a
    U-Net it is one of the encoder's where a head reads the coarsest map. It is found in the graph
    of the losses: of all weights that every loss reaches, that with the most steps before it.

    Parameters:
        losses: of one batch, by head, with their graphs.
        backbone: whose layers are meant; biases and norms are left out.
    """
    own = {id(weights): weights for weights in backbone.parameters() if weights.ndim > 1}
    depths: dict[Any, int] = {}
    reached = [_steps_before(loss, depths) for loss in losses.values()]
    shared = set(own).intersection(*reached) if reached else set()
    deepest = max(shared, key=lambda key: reached[0][key], default=None)
    return None if deepest is None else own[deepest]


def _steps_before(loss: Tensor, depths: dict[Any, int]) -> dict[int, int]:
    """How many steps of the forward pass come before each parameter that a loss depends on.

    Parameters:
        loss: with its graph.
        depths: steps before each of the graph's nodes; those that are new are added.
    """
    seen: set[Any] = set()
    parameters: dict[Any, int] = {}  # by node, of those that only hand one on, maybe transposed
    found: dict[int, int] = {}
    stack = [(loss.grad_fn, False)] if loss.grad_fn is not None else []
    while stack:
        node, below_done = stack.pop()
        inputs = [one for one, _ in node.next_functions if one is not None]
        if not below_done:
            if node not in seen:
                seen.add(node)
                stack += [(node, True), *((one, False) for one in inputs)]
            continue
        depths[node] = 1 + max((depths[one] for one in inputs), default=0)
        handed = [parameters[one] for one in inputs if one in parameters]
        if (variable := getattr(node, "variable", None)) is not None:
            parameters[node] = id(variable)
        elif handed and len(node.next_functions) == 1:
            parameters[node] = handed[0]
        else:
            found |= {key: max(found.get(key, 0), depths[node]) for key in handed}
    return found


def head_gradients(
    losses: Mapping[str, Tensor], parameters: Sequence[Tensor]
) -> Float[Tensor, "heads values"]:
    """The gradient of each head's loss with respect to the same parameters, a row a head.

    The graphs stay as they are, and the parameters' own gradients too.

    Parameters:
        losses: of one batch, by head, with their graphs.
        parameters: one or more, each of which requires a gradient; that of a loss which does not
            depend on it is 0.
    """
    rows = []
    for loss in losses.values():
        with torch.autocast(loss.device.type, enabled=False):
            gradients = torch.autograd.grad(
                loss, [*parameters], retain_graph=True, allow_unused=True, materialize_grads=True
            )
        rows.append(torch.cat([gradient.flatten() for gradient in gradients]))
    return torch.stack(rows)
