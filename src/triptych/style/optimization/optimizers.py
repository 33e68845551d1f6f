"""Minimize over pixels by L-BFGS or Adam, a step at a time, guarded against divergence."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from math import isfinite

import torch
from jaxtyping import Float
from torch import Tensor

from ..networks._extractor import Image
from ..objectives.objective import LossAndGradient
from .line_search import LossFn, Trial, strong_wolfe

State = dict[str, Tensor]
Flat = Float[Tensor, " values"]

MAX_GROWTH = 10.0  # times the lowest total, and
GROWTH_SLACK = 1e-6  # this much above it: from there it goes back
BACKOFF = 0.25  # steps after going back are shorter by this
PATIENCE = 4  # times it goes back, or finds no way down, before nothing more is hoped for


class ImageOptimizer(ABC):
    """Minimizes a loss over the pixels of an image.

    `image` and `current` are where it is, `best` and `best_loss` the lowest it has seen. A step to
    where losses are not finite, or many times the lowest, is taken back, and the next ones are
    shorter; `stalled` where that has not helped.

    Parameters:
        loss_fn: gives loss and gradient of an image.
        image: where it begins, (1, 3, height, width).
    """

    def __init__(self, loss_fn: LossFn, image: Image):
        self.loss_fn = loss_fn
        self.image = self.best = image.detach().clone().contiguous()
        self.current = self.best_loss = loss_fn(self.image)
        self.step_scale, self.failures = 1.0, 0

    @property
    def stalled(self) -> bool:
        """Whether further steps would not help."""
        return self.failures >= PATIENCE or not _is_finite(self.best_loss)

    def step(self) -> LossAndGradient:
        """One step, or one taken back; returns the loss of the image after it."""
        trial = self.propose()
        if trial is None or not _is_finite(trial[1]) or self._exploded(trial[1]):
            self.image, self.current = self.best, self.best_loss
            self.step_scale, self.failures = self.step_scale * BACKOFF, self.failures + 1
            self.reset_history()
            return self.current
        self.image, self.current = trial
        if self.current.total < self.best_loss.total:
            self.best, self.best_loss = trial
            self.failures = 0
        return self.current

    def _exploded(self, trial: LossAndGradient) -> bool:
        return trial.total > MAX_GROWTH * abs(self.best_loss.total) + GROWTH_SLACK

    @abstractmethod
    def propose(self) -> Trial | None:
        """The next image and its loss, whatever it is; None where no step leads down."""

    @abstractmethod
    def reset_history(self) -> None:
        """Forget what was learned from earlier steps."""

    @abstractmethod
    def history_state(self) -> State:
        """What was learned from earlier steps, as tensors."""

    @abstractmethod
    def load_history(self, state: Mapping[str, Tensor]) -> None:
        """Take over the tensors of `history_state`. Raises KeyError as `restore` does."""

    @property
    def state(self) -> State:
        """All that the next steps depend on, beside the loss function."""
        own = {
            "picture": self.image,
            "best": self.best,
            "rate": torch.tensor(self.step_scale, dtype=torch.float64),
            "failures": torch.tensor(self.failures),
        }
        return own | self.history_state()

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Go on from a state, whose images are evaluated anew. Raises KeyError as `check_state`."""
        self.reset_history()
        check_state(state, self.state)
        self.image, self.best = state["picture"].contiguous(), state["best"].contiguous()
        self.current = self.best_loss = self.loss_fn(self.best)
        if not torch.equal(self.image, self.best):
            self.current = self.loss_fn(self.image)
        self.step_scale, self.failures = float(state["rate"]), int(state["failures"])
        self.load_history(state)


class Lbfgs(ImageOptimizer):
    """L-BFGS (Nocedal & Wright 2006, algorithm 7.5) with a strong Wolfe line search.

    s are the steps of the image and y those of the gradient; the last few approximate the
    curvature.

    Parameters are those of `ImageOptimizer`: `loss_fn` and `image`.
    """

    MAX_HISTORY = 20  # that are remembered, and
    MIN_HISTORY = 4  # of them, where pictures are so large that more would take
    HISTORY_BYTES = 640 * 2**20  # bytes
    FIRST_STEP = 0.01  # root mean square of the pixels' first move
    MIN_CURVATURE = 1e-10  # least curvature that teaches anything

    def __init__(self, loss_fn: LossFn, image: Image):
        super().__init__(loss_fn, image)
        self.reset_history()

    def propose(self) -> Trial | None:
        gradient = self.current.gradient.flatten()
        direction = self._two_loop_recursion(gradient)
        if not float(direction @ gradient) < 0:
            self.reset_history()
            direction = self._two_loop_recursion(gradient)
            if not float(direction @ gradient) < 0:
                return None
        direction = direction.view_as(self.image)
        trial = strong_wolfe(self.loss_fn, self.image, self.current, direction)
        if trial is not None:
            image, loss = trial
            self._update_history((image - self.image).flatten(), loss.gradient.flatten() - gradient)
        return trial

    def reset_history(self) -> None:
        self.s_history: list[Flat] = []  # of the picture, step by step
        self.y_history: list[Flat] = []  # of the gradient meanwhile

    def history_state(self) -> State:
        histories = {"moves": self.s_history, "bends": self.y_history}
        return {name: torch.stack(flat) for name, flat in histories.items() if flat}

    def load_history(self, state: Mapping[str, Tensor]) -> None:
        self.reset_history()
        if state.keys() & {"moves", "bends"}:
            count = state["moves"].shape[:1]
            each = self.image.flatten().expand(*count, -1)
            check_state(state, {"moves": each, "bends": each})
            # copies, each of which begins where the first did: products then round as they did
            self.s_history, self.y_history = (
                [each.clone() for each in state[name]] for name in ("moves", "bends")
            )

    @classmethod
    def history_size(cls, nbytes: int) -> int:
        """Steps that are remembered for an image of `nbytes` bytes."""
        return max(cls.MIN_HISTORY, min(cls.MAX_HISTORY, cls.HISTORY_BYTES // (2 * nbytes)))

    def _update_history(self, s: Flat, y: Flat) -> None:
        if float(s @ y) > self.MIN_CURVATURE * float(y @ y):
            size = self.history_size(s.nbytes)
            self.s_history = [*self.s_history, s][-size:]
            self.y_history = [*self.y_history, y][-size:]

    def _two_loop_recursion(self, gradient: Flat) -> Flat:
        """The direction −H·gradient, H being the approximate inverse Hessian (algorithm 7.4)."""
        if not self.s_history:
            slope = gradient.square().mean().sqrt().clamp(min=1e-30)
            return gradient * (-self.FIRST_STEP * self.step_scale / slope)
        direction, alphas = -gradient, []
        pairs = list(zip(self.s_history, self.y_history))
        for s, y in reversed(pairs):
            alpha = (s @ direction) / (s @ y)
            alphas.append(alpha)
            direction = direction - alpha * y
        s, y = pairs[-1]
        direction = direction * ((s @ y) / (y @ y))
        for (s, y), alpha in zip(pairs, reversed(alphas)):
            direction = direction + (alpha - (y @ direction) / (s @ y)) * s
        return direction


class Adam(ImageOptimizer):
    """Adam (Kingma & Ba 2015): half the memory of L-BFGS or less, and more steps to the same loss.

    Parameters are those of `ImageOptimizer`: `loss_fn` and `image`.
    """

    LEARNING_RATE = 0.02  # of the range of a colour, at most, a step
    BETAS = (0.9, 0.99)
    EPSILON = 1e-8  # of the root mean square of the first gradient

    def __init__(self, loss_fn: LossFn, image: Image):
        super().__init__(loss_fn, image)
        self.epsilon = self.EPSILON * float(self.current.gradient.square().mean().sqrt())
        self.reset_history()

    def propose(self) -> Trial | None:
        gradient, (slow, slower) = self.current.gradient, self.BETAS
        self.count += 1
        self.mean = slow * self.mean + (1 - slow) * gradient
        self.square = slower * self.square + (1 - slower) * gradient.square()
        mean = self.mean / (1 - slow**self.count)
        root = (self.square / (1 - slower**self.count)).sqrt()
        image = self.image - self.LEARNING_RATE * self.step_scale * mean / (
            root + self.epsilon + 1e-30
        )
        return image, self.loss_fn(image)

    def reset_history(self) -> None:
        self.count = 0
        self.mean = torch.zeros_like(self.image)
        self.square = torch.zeros_like(self.image)

    def history_state(self) -> State:
        return {
            "count": torch.tensor(self.count),
            "tiny": torch.tensor(self.epsilon, dtype=torch.float64),
            "mean": self.mean,
            "square": self.square,
        }

    def load_history(self, state: Mapping[str, Tensor]) -> None:
        self.count, self.epsilon = int(state["count"]), float(state["tiny"])
        self.mean, self.square = state["mean"], state["square"]


OPTIMIZERS: Mapping[str, type[Lbfgs] | type[Adam]] = {"lbfgs": Lbfgs, "adam": Adam}


def check_state(state: Mapping[str, Tensor], expected: State) -> None:
    """Raise KeyError with the name of a tensor that does not fit.

    Parameters:
        state: the tensors to be checked.
        expected: tensors of the names, shapes and types that are needed.

    A tensor does not fit where it is missing, of another shape or type, or not finite.
    """
    for name, value in expected.items():
        given = state[name]
        alike = (given.shape, given.dtype) == (value.shape, value.dtype)
        if not alike or not given.isfinite().all():
            raise KeyError(name)


def _is_finite(loss: LossAndGradient) -> bool:
    return isfinite(loss.total) and bool(loss.gradient.isfinite().all())
