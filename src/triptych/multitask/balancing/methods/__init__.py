"""How the heads' losses are weighed against each other, one method a file.

A module without a leading underscore is a method.
"""

from collections.abc import Mapping

from ....frame.registry import Registry
from ._head_balance import HeadBalance as HeadBalance
from ._step_losses import StepLosses as StepLosses

HEAD_BALANCES: Registry[type[HeadBalance]] = Registry(
    "head-balance", "triptych.multitask.balancing.methods", HeadBalance
)


def build_head_balance(name: str, loss_weights: Mapping[str, float]) -> HeadBalance:
    """A method, as it is before the first step.

    Parameters:
        name: in `HEAD_BALANCES`.
        loss_weights: of each head, by its name in the model.

    Raises UnknownNameError.
    """
    return HEAD_BALANCES[name](loss_weights)
