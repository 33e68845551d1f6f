"""A metric that gives several values from one pass over the images."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence

from jaxtyping import Float
from torch import Tensor

from .per_image import PerImageMetric


class SeveralValues(PerImageMetric):
    """A metric of a head that states values under several names; the first is what it is by.

    `compute` gives the first; all of them are in `latest` then.
    """

    latest: Mapping[str, Float[Tensor, ""]]
    """The values of the last `compute`, by name."""

    @property
    @abstractmethod
    def definitions(self) -> Mapping[str, str]:
        """What each value is, in one line, by name; the first is the main one."""

    @property
    def lower_is_better(self) -> frozenset[str]:
        """The names of values of which a lower one is better; none by default."""
        return frozenset()

    @property
    def in_training(self) -> Sequence[str]:
        """The names of values that are followed through a training; by default all."""
        return tuple(self.definitions)

    @abstractmethod
    def compute_all(self) -> Mapping[str, Float[Tensor, ""]]:
        """All values over the images so far, by the names in `definitions`; nan where nothing can
        be said."""

    def compute(self) -> Float[Tensor, ""]:
        """The first value; keeps all of them in `latest`."""
        self.latest = self.compute_all()
        return self.latest[next(iter(self.definitions))]
