"""Going down over the pixels: L-BFGS and Adam, a step at a time, guarded against divergence."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from math import isfinite
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from ..networks._extractor import Picture
from ..objectives.objective import Judgement
from .line_search import Judge, Landing, search

Optimizer = Literal["lbfgs", "adam"]
State = dict[str, Tensor]
Flat = Float[Tensor, " values"]

EXPLODED = 10.0  # times the lowest total, and
NOTHING = 1e-6  # this much above it: from there it goes back
BACK = 0.25  # steps after going back are shorter by this
PATIENCE = 4  # times it goes back, or finds no way down, before nothing more is hoped for


class Descent(ABC):
    """Goes down from a picture by steps. `picture` and `judgement` are where it stands, `best` and
    `lowest` the lowest place it has been at.

    A step to where costs are no numbers, or many times the lowest, is taken back, and the next
    ones are shorter. `stuck` where that has not helped.
    """

    def __init__(self, judge: Judge, picture: Picture):
        self.judge = judge
        self.picture = self.best = picture.detach().clone().contiguous()
        self.judgement = self.lowest = judge(self.picture)
        self.rate, self.failures = 1.0, 0

    @property
    def stuck(self) -> bool:
        return self.failures >= PATIENCE or not _sound(self.lowest)

    def step(self) -> Judgement:
        """One step, or one taken back; tells what the picture then costs."""
        landing = self.advance()
        if landing is None or not _sound(landing[1]) or self._exploded(landing[1]):
            self.picture, self.judgement = self.best, self.lowest
            self.rate, self.failures = self.rate * BACK, self.failures + 1
            self.forget()
            return self.judgement
        self.picture, self.judgement = landing
        if self.judgement.total < self.lowest.total:
            self.best, self.lowest = landing
            self.failures = 0
        return self.judgement

    def _exploded(self, judgement: Judgement) -> bool:
        return judgement.total > EXPLODED * abs(self.lowest.total) + NOTHING

    @abstractmethod
    def advance(self) -> Landing | None:
        """The next picture and its costs, whatever they are; None where there is no way down."""

    @abstractmethod
    def forget(self) -> None:
        """Drop what was learned on the way here."""

    @abstractmethod
    def memory(self) -> State:
        """What was learned on the way here."""

    @abstractmethod
    def recall(self, memory: Mapping[str, Tensor]) -> None:
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
        return own | self.memory()

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Go on from a state; judges the pictures in it anew. Raises KeyError as `check_alike`."""
        self.forget()
        check_alike(state, self.state)
        self.picture, self.best = state["picture"].contiguous(), state["best"].contiguous()
        self.judgement = self.lowest = self.judge(self.best)
        if not torch.equal(self.picture, self.best):
            self.judgement = self.judge(self.picture)
        self.rate, self.failures = float(state["rate"]), int(state["failures"])
        self.recall(state)


class Lbfgs(Descent):
    """L-BFGS (Nocedal & Wright 2006, algorithm 7.5): curvature is learned from the last steps, and
    each goes as far as the strong Wolfe conditions ask."""

    STEPS = 20  # that are remembered, and
    LEAST = 4  # of them, where pictures are so large that more would take
    ROOM = 640 * 2**20  # bytes
    FIRST = 0.01  # root mean square of the pixels' first move
    CURVED = 1e-10  # least curvature that teaches anything

    def __init__(self, judge: Judge, picture: Picture):
        super().__init__(judge, picture)
        self.forget()

    def advance(self) -> Landing | None:
        gradient = self.judgement.gradient.flatten()
        direction = self._direction(gradient)
        if not float(direction @ gradient) < 0:
            self.forget()
            direction = self._direction(gradient)
            if not float(direction @ gradient) < 0:
                return None
        way = direction.view_as(self.picture)
        landing = search(self.judge, self.picture, self.judgement, way)
        if landing is not None:
            picture, judgement = landing
            self._learn((picture - self.picture).flatten(), judgement.gradient.flatten() - gradient)
        return landing

    def forget(self) -> None:
        self.moves: list[Flat] = []  # of the picture, step by step
        self.bends: list[Flat] = []  # of the gradient meanwhile

    def memory(self) -> State:
        kept = {"moves": self.moves, "bends": self.bends}
        return {name: torch.stack(flat) for name, flat in kept.items() if flat}

    def recall(self, memory: Mapping[str, Tensor]) -> None:
        self.forget()
        if memory.keys() & {"moves", "bends"}:
            count = memory["moves"].shape[:1]
            each = self.picture.flatten().expand(*count, -1)
            check_alike(memory, {"moves": each, "bends": each})
            # copies, each of which begins where the first did: products then round as they did
            self.moves, self.bends = (
                [each.clone() for each in memory[name]] for name in ("moves", "bends")
            )

    @classmethod
    def room(cls, picture: int) -> int:
        """Steps remembered for a picture of this many bytes."""
        return max(cls.LEAST, min(cls.STEPS, cls.ROOM // (2 * picture)))

    def _learn(self, move: Flat, bend: Flat) -> None:
        if float(move @ bend) > self.CURVED * float(bend @ bend):
            kept = self.room(move.nbytes)
            self.moves = [*self.moves, move][-kept:]
            self.bends = [*self.bends, bend][-kept:]

    def _direction(self, gradient: Flat) -> Flat:
        """The gradient, turned back, and times the inverse curvature that was learned."""
        if not self.moves:
            slope = gradient.square().mean().sqrt().clamp(min=1e-30)
            return gradient * (-self.FIRST * self.rate / slope)
        way, shares = -gradient, []
        learned = list(zip(self.moves, self.bends))
        for move, bend in reversed(learned):
            share = (move @ way) / (move @ bend)
            shares.append(share)
            way = way - share * bend
        move, bend = learned[-1]
        way = way * ((move @ bend) / (bend @ bend))
        for (move, bend), share in zip(learned, reversed(shares)):
            way = way + (share - (bend @ way) / (move @ bend)) * move
        return way


class Adam(Descent):
    """Adam (Kingma & Ba 2015): half the memory of L-BFGS or less, and more steps to the same."""

    RATE = 0.02  # of the range of a colour, at most, a step
    DECAYS = (0.9, 0.99)
    TINY = 1e-8  # of the root mean square of the first gradient

    def __init__(self, judge: Judge, picture: Picture):
        super().__init__(judge, picture)
        self.tiny = self.TINY * float(self.judgement.gradient.square().mean().sqrt())
        self.forget()

    def advance(self) -> Landing | None:
        gradient, (slow, slower) = self.judgement.gradient, self.DECAYS
        self.count += 1
        self.mean = slow * self.mean + (1 - slow) * gradient
        self.square = slower * self.square + (1 - slower) * gradient.square()
        mean = self.mean / (1 - slow**self.count)
        root = (self.square / (1 - slower**self.count)).sqrt()
        picture = self.picture - self.RATE * self.rate * mean / (root + self.tiny + 1e-30)
        return picture, self.judge(picture)

    def forget(self) -> None:
        self.count = 0
        self.mean = torch.zeros_like(self.picture)
        self.square = torch.zeros_like(self.picture)

    def memory(self) -> State:
        return {
            "count": torch.tensor(self.count),
            "tiny": torch.tensor(self.tiny, dtype=torch.float64),
            "mean": self.mean,
            "square": self.square,
        }

    def recall(self, memory: Mapping[str, Tensor]) -> None:
        self.count, self.tiny = int(memory["count"]), float(memory["tiny"])
        self.mean, self.square = memory["mean"], memory["square"]


DESCENTS: Mapping[str, type[Lbfgs] | type[Adam]] = {"lbfgs": Lbfgs, "adam": Adam}


def check_alike(state: Mapping[str, Tensor], like: State) -> None:
    """Raises KeyError, which names it, for a tensor that is missing, of another shape or type than
    that of the same name in `like`, or whose values are no numbers."""
    for name, value in like.items():
        found = state[name]
        alike = (found.shape, found.dtype) == (value.shape, value.dtype)
        if not alike or not found.isfinite().all():
            raise KeyError(name)


def _sound(judgement: Judgement) -> bool:
    return isfinite(judgement.total) and bool(judgement.gradient.isfinite().all())
