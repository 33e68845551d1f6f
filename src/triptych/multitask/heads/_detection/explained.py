"""What is explained of the answer of a head that finds every object."""

from jaxtyping import Float
from torch import Tensor

from ...detection.center_score import sure_centers
from .._dense import mean_where
from .._head import Head


class ExplainedCenters(Head):
    """A head with a map of centers, explained by how sure it is of the objects in it."""

    names: tuple[str, ...]
    score_thresholds: Float[Tensor, " classes"]

    def explained_score(
        self, output: Tensor, answer: Tensor, empty: Tensor, class_name: str | None = None
    ) -> Float[Tensor, " batch"]:
        """The mean logit of the centers that are told, or of those of one class; of the surest
        where none is."""
        classes = slice(len(self.names))
        if class_name is not None:
            classes = slice(number := self.names.index(class_name), number + 1)
        thresholds = self.score_thresholds[classes]
        return mean_where(output[:, classes], sure_centers(answer[:, classes], thresholds))
