"""Whether an image is unlike what a network learned, judged by its features."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from ...backbones._backbone import FeaturePyramid

FALSE_ALARMS = 0.01  # of held-out images, by which the thresholds are set
BY_DISTANCE = 0.1  # of the false alarms are the distance's, where outliers are known
SHRINKAGE = 0.05  # of the covariance towards a multiple of the identity
DECAY = 1e-4  # of the squared weights that tell outliers
MAX_STEPS = 100  # of L-BFGS
MAX_FEATURE = 8.0  # standard deviations from the mean; what is farther counts as so far


class NoveltyDetector(nn.Module):
    """Two ways to see that an image is none of those a network learned.

    The Mahalanobis distance of the coarsest features to the nearest class (Lee et al. 2018, one
    layer; all classes share one covariance); and, where outliers are known, a logistic regression
    between them and the images learned, on the features of all levels (outlier exposure, Hendrycks
    et al. 2019, after training instead of in it, so that it costs the other answers nothing).
    """

    means: Float[Tensor, "classes coarsest"]
    whitening: Float[Tensor, "coarsest coarsest"]
    threshold: Float[Tensor, ""]
    center: Float[Tensor, " features"]
    scale: Float[Tensor, " features"]
    weight: Float[Tensor, " features"]
    bias: Float[Tensor, ""]

    def __init__(self, classes: int, channels: Sequence[int]):
        """
        Parameters:
            classes: how many means there are; 1 for images without classes.
            channels: of the maps of each level, coarsest last.
        """
        super().__init__()
        self.coarsest, features = channels[-1], 2 * sum(channels)
        self.register_buffer("means", torch.zeros(classes, self.coarsest))
        self.register_buffer("whitening", torch.eye(self.coarsest))
        self.register_buffer("threshold", torch.tensor(torch.inf))
        self.register_buffer("center", torch.zeros(features))
        self.register_buffer("scale", torch.ones(features))
        self.register_buffer("weight", torch.zeros(features))
        self.register_buffer("bias", torch.tensor(0.0))

    @staticmethod
    def pool(features: FeaturePyramid) -> Float[Tensor, "batch features"]:
        """What the detector looks at: the maxima of all maps, then their means, coarsest last."""
        maxima = [level.amax((2, 3)) for level in features]
        return torch.cat([*maxima, *(level.mean((2, 3)) for level in features)], 1).float()

    def forward(self, pooled: Float[Tensor, "batch features"]) -> Float[Tensor, " batch"]:
        """How unlike each image is: above 1 for 1 % of held-out images.

        Parameters:
            pooled: as `pool` gives them.
        """
        return torch.maximum(self.distance(pooled) / self.threshold, self.outlier_score(pooled))

    def distance(self, pooled: Float[Tensor, "batch features"]) -> Float[Tensor, " batch"]:
        """Of each image from the nearest class, in standard deviations."""
        means = self.means @ self.whitening
        middle = means.mean(0)  # squares about it lose fewer digits
        means, whitened = means - middle, pooled[:, -self.coarsest :] @ self.whitening - middle
        squares = whitened.square().sum(1, keepdim=True) + means.square().sum(1)
        return (squares - 2 * whitened @ means.T).clamp(min=0).sqrt().amin(1)

    def outlier_score(self, pooled: Float[Tensor, "batch features"]) -> Float[Tensor, " batch"]:
        """How much more each image is like outliers: 1 at the threshold, 0 where none are known."""
        return self._standardized(pooled) @ self.weight + self.bias

    def fit(
        self,
        pooled: Float[Tensor, "images features"],
        labels: Int[Tensor, " images"],
        held_out: Float[Tensor, "others features"],
        outliers: Float[Tensor, "outliers features"] | None = None,
    ) -> None:
        """Learn what is usual.

        Parameters:
            pooled: features of images trained on.
            labels: their classes, from 0; all 0 where there are none.
            held_out: features of images not trained on, which set the thresholds.
            outliers: features of images of nothing that was learned, where there are such.
        """
        alarms = FALSE_ALARMS if outliers is None else FALSE_ALARMS * BY_DISTANCE
        self._fit_distance(pooled[:, -self.coarsest :].double(), labels)
        self.threshold.fill_(float(self.distance(held_out).quantile(1 - alarms)))
        if outliers is not None:
            self._fit_outliers(pooled, outliers)
            self._set_outlier_threshold(held_out, FALSE_ALARMS - alarms)

    def _fit_distance(self, features: Tensor, labels: Int[Tensor, " images"]) -> None:
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

    def _fit_outliers(self, pooled: Tensor, outliers: Tensor) -> None:
        self.center.copy_(pooled.mean(0))
        self.scale.copy_(pooled.std(0) + 1e-3)
        values = self._standardized(torch.cat([pooled, outliers]))
        novel = torch.zeros(len(values), device=values.device)
        novel[len(pooled) :] = 1
        parameters = torch.zeros(values.shape[1] + 1, device=values.device, requires_grad=True)
        optimizer = torch.optim.LBFGS(
            [parameters], max_iter=MAX_STEPS, line_search_fn="strong_wolfe"
        )

        def loss() -> Tensor:
            optimizer.zero_grad()
            logits = values @ parameters[:-1] + parameters[-1]
            value = F.binary_cross_entropy_with_logits(logits, novel)
            value = value + DECAY * parameters[:-1].square().sum()
            value.backward()
            return value

        with torch.enable_grad():
            optimizer.step(loss)
        self.weight.copy_(parameters[:-1].detach())
        self.bias.copy_(parameters[-1].detach())

    def _set_outlier_threshold(self, held_out: Tensor, alarms: float) -> None:
        """Scale the score: 0 for the usual held-out image, 1 for the share that raises alarms."""
        usual, most = self.outlier_score(held_out).quantile(
            torch.tensor([0.5, 1 - alarms], device=held_out.device)
        )
        spread = (most - usual).clamp(min=1e-6)
        self.weight.div_(spread)
        self.bias.sub_(usual).div_(spread)

    def _standardized(self, pooled: Tensor) -> Tensor:
        return ((pooled - self.center) / self.scale).clamp(-MAX_FEATURE, MAX_FEATURE)
