"""Whether an image is unlike what a network learned: the distance of its features from theirs."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

SHRINKAGE = 0.05  # of the covariance towards a multiple of the identity
FALSE_ALARMS = 0.01  # of held-out images, by which the threshold is set


class NoveltyDetector(nn.Module):
    """Mahalanobis distance of features to the nearest class (Lee et al. 2018, one layer).

    Features are those of the coarsest map, averaged over all places. All classes share one
    covariance.
    """

    means: Float[Tensor, "classes features"]
    whitening: Float[Tensor, "features features"]
    threshold: Float[Tensor, ""]

    def __init__(self, classes: int, features: int):
        """
        Parameters:
            classes: how many means there are; 1 for images without classes.
            features: channels of the coarsest map.
        """
        super().__init__()
        self.register_buffer("means", torch.zeros(classes, features))
        self.register_buffer("whitening", torch.eye(features))
        self.register_buffer("threshold", torch.tensor(torch.inf))

    def forward(self, features: Float[Tensor, "batch features"]) -> Float[Tensor, " batch"]:
        """The distance of each image from the nearest class, in standard deviations."""
        whitened = features.float() @ self.whitening
        return torch.cdist(whitened, self.means @ self.whitening).amin(1)

    def novelty(self, features: Float[Tensor, "batch features"]) -> Float[Tensor, " batch"]:
        """The distance in units of the threshold: above 1 for 1 % of held-out images."""
        return self(features) / self.threshold

    def fit(
        self,
        features: Float[Tensor, "images features"],
        labels: Int[Tensor, " images"],
        held_out: Float[Tensor, "others features"],
    ) -> None:
        """Learn what is usual.

        Parameters:
            features: of images trained on.
            labels: their classes, from 0; all 0 where there are none.
            held_out: features of images not trained on, which set the threshold.
        """
        features = features.double()
        counts = labels.bincount(minlength=len(self.means)).clamp(min=1)
        sums = features.new_zeros(len(self.means), features.shape[1]).index_add_(
            0, labels, features
        )
        means = sums / counts[:, None]
        covariance = torch.cov((features - means[labels]).T, correction=0)
        size = len(covariance)
        average = covariance.diagonal().mean().clamp(min=1e-12)
        eye = torch.eye(size, dtype=covariance.dtype, device=covariance.device)
        shrunk = (1 - SHRINKAGE) * covariance + SHRINKAGE * average * eye
        values, vectors = torch.linalg.eigh(shrunk)
        self.means.copy_(means)
        self.whitening.copy_(vectors * values.rsqrt())
        self.threshold.fill_(float(self(held_out).quantile(1 - FALSE_ALARMS)))
