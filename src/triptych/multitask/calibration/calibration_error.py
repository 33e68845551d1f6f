"""How far the probabilities of classes are from the shares of right answers, as a metric."""

from torch import Tensor
from torchmetrics.classification import MulticlassCalibrationError

BINS = 15  # of equal width, as in Guo et al. 2017


class CalibrationError(MulticlassCalibrationError):
    """The expected calibration error (Naeini et al. 2015; Guo et al. 2017): how far probability and
    share of right answers are apart."""

    def __init__(self, classes: int, temperature: float):
        """
        Parameters:
            classes: how many there are, two or more.
            temperature: that logits are divided by.
        """
        super().__init__(classes, n_bins=BINS, norm="l1", validate_args=False)
        self.temperature = temperature

    @property
    def definition(self) -> str:
        """What it computes, in one line."""
        scaled = "" if self.temperature == 1 else f" at temperature {self.temperature:.3f}"
        return f"mean of |share right − probability| over {BINS} bins{scaled}; 0 is perfect"

    def update(self, preds: Tensor, target: Tensor) -> None:
        """Add the images of a batch.

        Parameters:
            preds: logits (batch, classes).
            target: class numbers (batch).
        """
        super().update((preds / self.temperature).softmax(1), target)
