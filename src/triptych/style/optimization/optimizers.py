"""Going down over the pixels: L-BFGS and Adam, a step at a time, guarded against divergence."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from math import isfinite
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from ..networks._extractor import Image
from ..objectives.objective import LossAndGradient
from .line_search import LossFn, Trial, strong_wolfe

Optimizer = Literal["lbfgs", "adam"]
State = dict[str, Tensor]
Flat = Float[Tensor, " values"]

EXPLODED = 10.0  # times the lowest total, and
NOTHING = 1e-6  # this much above it: from there it goes back
BACK = 0.25  # steps after going back are shorter by this
PATIENCE = 4  # times it goes back, or finds no way down, before nothing more is hoped for


class ImageOptimizer(ABC):
    """Goes down from a picture by steps. `picture` and `judgement` are where it stands, `best` and
    `lowest` the lowest place it has been at.

    A step to where costs are no numbers, or many times the lowest, is taken back, and the next
    ones are shorter. `stuck` where that has not helped.
    """

    def __init__(self, judge: LossFn, picture: Image):
        self.judge = judge
        self.picture = self.best = picture.detach().clone().contiguous()
        self.judgement = self.best_loss = judge(self.picture)
        self.rate, self.failures = 1.0, 0

    @property
    def stalled(self) -> bool:
        return self.failures >= PATIENCE or not _is_finite(self.best_loss)

    def step(self) -> LossAndGradient:
        """One step, or one taken back; tells what the picture then costs."""
        landing = self.propose()
        if landing is None or not _is_finite(landing[1]) or self._exploded(landing[1]):
            self.picture, self.judgement = self.best, self.best_loss
            self.rate, self.failures = self.rate * BACK, self.failures + 1
            self.reset_history()
            return self.judgement
        self.picture, self.judgement = landing
        if self.judgement.total < self.best_loss.total:
            self.best, self.best_loss = landing
            self.failures = 0
        return self.judgement

    def _exploded(self, judgement: LossAndGradient) -> bool:
        return judgement.total > EXPLODED * abs(self.best_loss.total) + NOTHING

    @abstractmethod
    def propose(self) -> Trial | None:
        """The next picture and its costs, whatever they are; None where there is no way down."""

    @abstractmethod
    def reset_history(self) -> None:
        """Drop what was learned on the way here."""

    @abstractmethod
    def history_state(self) -> State:
        """What was learned on the way here."""

    @abstractmethod
    def load_history(self, memory: Mapping[str, Tensor]) -> None:
        """Take over what `memory` told. Raises KeyError as `restore` does."""

    @property
    def state(self) -> State:
        """All that the next steps depend on, beside the judge."""
        own = {
            "picture": self.picture,
            "best": self.best,
            "rate": torch.tensor(self.rate, dtype=torch.float64),
            "failures": torch.tensor(self.failures),
        }
        return own | self.history_state()

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Go on from a state; judges the pictures in it anew. Raises KeyError as `check_alike`."""
        self.reset_history()
        check_alike(state, self.state)
        self.picture, self.best = state["picture"].contiguous(), state["best"].contiguous()
        self.judgement = self.best_loss = self.judge(self.best)
        if not torch.equal(self.picture, self.best):
            self.judgement = self.judge(self.picture)
        self.rate, self.failures = float(state["rate"]), int(state["failures"])
        self.load_history(state)


class Lbfgs(ImageOptimizer):
    """L-BFGS (Nocedal & Wright 2006, algorithm 7.5): curvature is learned from the last steps, and
    each goes as far as the strong Wolfe conditions ask."""

    STEPS = 20  # that are remembered, and
    LEAST = 4  # of them, where pictures are so large that more would take
    ROOM = 640 * 2**20  # bytes
    FIRST = 0.01  # root mean square of the pixels' first move
    CURVED = 1e-10  # least curvature that teaches anything

    def __init__(self, judge: LossFn, picture: Image):
        super().__init__(judge, picture)
        self.reset_history()

    def propose(self) -> Trial | None:
        gradient = self.judgement.gradient.flatten()
        direction = self._two_loop_recursion(gradient)
        if not float(direction @ gradient) < 0:
            self.reset_history()
            direction = self._two_loop_recursion(gradient)
            if not float(direction @ gradient) < 0:
                return None
        way = direction.view_as(self.picture)
        landing = strong_wolfe(self.judge, self.picture, self.judgement, way)
        if landing is not None:
            picture, judgement = landing
            self._update_history(
                (picture - self.picture).flatten(), judgement.gradient.flatten() - gradient
            )
        return landing

    def reset_history(self) -> None:
        self.s_history: list[Flat] = []  # of the picture, step by step
        self.y_history: list[Flat] = []  # of the gradient meanwhile

    def history_state(self) -> State:
        kept = {"moves": self.s_history, "bends": self.y_history}
        return {name: torch.stack(flat) for name, flat in kept.items() if flat}

    def load_history(self, memory: Mapping[str, Tensor]) -> None:
        self.reset_history()
        if memory.keys() & {"moves", "bends"}:
            count = memory["moves"].shape[:1]
            each = self.picture.flatten().expand(*count, -1)
            check_alike(memory, {"moves": each, "bends": each})
            # copies, each of which begins where the first did: products then round as they did
            self.s_history, self.y_history = (
                [each.clone() for each in memory[name]] for name in ("moves", "bends")
            )

    @classmethod
    def history_size(cls, picture: int) -> int:
        """Steps remembered for a picture of this many bytes."""
        return max(cls.LEAST, min(cls.STEPS, cls.ROOM // (2 * picture)))

    def _update_history(self, move: Flat, bend: Flat) -> None:
        if float(move @ bend) > self.CURVED * float(bend @ bend):
            kept = self.history_size(move.nbytes)
            self.s_history = [*self.s_history, move][-kept:]
            self.y_history = [*self.y_history, bend][-kept:]

    def _two_loop_recursion(self, gradient: Flat) -> Flat:
        """The gradient, turned back, and times the inverse curvature that was learned."""
        if not self.s_history:
            slope = gradient.square().mean().sqrt().clamp(min=1e-30)
            return gradient * (-self.FIRST * self.rate / slope)
        way, shares = -gradient, []
        learned = list(zip(self.s_history, self.y_history))
        for move, bend in reversed(learned):
            share = (move @ way) / (move @ bend)
            shares.append(share)
            way = way - share * bend
        move, bend = learned[-1]
        way = way * ((move @ bend) / (bend @ bend))
        for (move, bend), share in zip(learned, reversed(shares)):
            way = way + (share - (bend @ way) / (move @ bend)) * move
        return way


class Adam(ImageOptimizer):
    """Adam (Kingma & Ba 2015): half the memory of L-BFGS or less, and more steps to the same."""

    RATE = 0.02  # of the range of a colour, at most, a step
    DECAYS = (0.9, 0.99)
    TINY = 1e-8  # of the root mean square of the first gradient

    def __init__(self, judge: LossFn, picture: Image):
        super().__init__(judge, picture)
        self.tiny = self.TINY * float(self.judgement.gradient.square().mean().sqrt())
        self.reset_history()

    def propose(self) -> Trial | None:
        gradient, (slow, slower) = self.judgement.gradient, self.DECAYS
        self.count += 1
        self.mean = slow * self.mean + (1 - slow) * gradient
        self.square = slower * self.square + (1 - slower) * gradient.square()
        mean = self.mean / (1 - slow**self.count)
        root = (self.square / (1 - slower**self.count)).sqrt()
        picture = self.picture - self.RATE * self.rate * mean / (root + self.tiny + 1e-30)
        return picture, self.judge(picture)

    def reset_history(self) -> None:
        self.count = 0
        self.mean = torch.zeros_like(self.picture)
        self.square = torch.zeros_like(self.picture)

    def history_state(self) -> State:
        return {
            "count": torch.tensor(self.count),
            "tiny": torch.tensor(self.tiny, dtype=torch.float64),
            "mean": self.mean,
            "square": self.square,
        }

    def load_history(self, memory: Mapping[str, Tensor]) -> None:
        self.count, self.tiny = int(memory["count"]), float(memory["tiny"])
        self.mean, self.square = memory["mean"], memory["square"]


OPTIMIZERS: Mapping[str, type[Lbfgs] | type[Adam]] = {"lbfgs": Lbfgs, "adam": Adam}


def check_alike(state: Mapping[str, Tensor], like: State) -> None:
    """Raises KeyError, which names it, for a tensor that is missing, of another shape or type than
    that of the same name in `like`, or whose values are no numbers."""
    for name, value in like.items():
        found = state[name]
        alike = (found.shape, found.dtype) == (value.shape, value.dtype)
        if not alike or not found.isfinite().all():
            raise KeyError(name)


def _is_finite(judgement: LossAndGradient) -> bool:
    return isfinite(judgement.total) and bool(judgement.gradient.isfinite().all())
