"""Batch normalization with the statistics of all processes that train together."""

from types import MethodType

import torch
from lightning.pytorch.plugins.layer_sync import LayerSync
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from .distributed import sum_over_processes


class SynchronizedBatchNorm(LayerSync):
    """Lets the norms of a model use the mean and variance of a batch over all processes.

    PyTorch's own `SyncBatchNorm` refuses tensors on the CPU. Here the layers stay the objects they
    are; only their `forward` is another while several processes train.
    """

    def apply(self, model: nn.Module) -> nn.Module:
        """Synchronize all batch norms of a model, which is returned."""
        for layer in model.modules():
            if isinstance(layer, _BatchNorm):
                layer.forward = MethodType(synchronized_forward, layer)
        return model

    def revert(self, model: nn.Module) -> nn.Module:
        """Let all batch norms of a model, which is returned, use their own batches again."""
        for layer in model.modules():
            if isinstance(layer, _BatchNorm):
                vars(layer).pop("forward", None)
        return model


def synchronized_forward(layer: _BatchNorm, images: Tensor) -> Tensor:
    """What a batch norm gives for this process' part of a batch.

    Computed in float32 at least. In evaluation mode it is what the layer itself gives.

    Parameters:
        layer: its running statistics are updated.
        images: or other features, (part of the batch, channels, …).
    """
    if not layer.training:
        return type(layer).forward(layer, images)
    values = images if images.dtype == torch.float64 else images.float()
    axes = [axis for axis in range(values.ndim) if axis != 1]
    shape = [-1 if axis == 1 else 1 for axis in range(values.ndim)]
    own_count = values.new_tensor([values.numel() / values.shape[1]])
    sums, count = sum_over_processes(torch.cat([values.sum(axes), own_count])).split(
        [values.shape[1], 1]
    )
    mean = sums / count.detach()
    centered = values - mean.view(shape)
    variance = sum_over_processes(centered.square().sum(axes)) / count.detach()
    _update_statistics(layer, mean.detach(), variance.detach(), count.detach())
    normalized = centered * (variance + layer.eps).rsqrt().view(shape)
    if layer.affine:
        normalized = normalized * layer.weight.view(shape) + layer.bias.view(shape)
    return normalized.to(images.dtype)


@torch.no_grad()
def _update_statistics(layer: _BatchNorm, mean: Tensor, variance: Tensor, count: Tensor) -> None:
    """Move the running statistics towards those of a batch of `count` values a channel."""
    if layer.running_mean is None or layer.running_var is None:
        return
    assert layer.num_batches_tracked is not None
    layer.num_batches_tracked += 1
    share = layer.momentum
    if share is None:  # the mean of all batches so far
        share = 1 / float(layer.num_batches_tracked)
    unbiased = variance * (count / (count - 1).clamp(min=1))
    layer.running_mean.lerp_(mean.to(layer.running_mean.dtype), share)
    layer.running_var.lerp_(unbiased.to(layer.running_var.dtype), share)
