"""A network from images to unit vectors: a backbone, and a head on its coarsest map."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from ...backbones._build import build_backbone
from ...backbones._fusion import fuse_norms_
from ...backbones.mobilefacenet import ConvBNPReLU
from ...frame.errors import DataError
from ._encoder import Crops, Vectors

EMBEDDING_DIM = 128  # numbers: FaceNet, section 5.4, found no gain in more
# crops encoded at a time: on a processor as many as its cache holds, half the work of 64
CPU_BATCH, GPU_BATCH = 8, 256
Head = Literal["depthwise", "mean"]
"""How the coarsest map becomes a vector: by `GlobalDepthwiseHead` or `MeanHead`."""

COUNTERS = "num_batches_tracked"  # of batch normalisation: training's own, no answer needs them


class EmbeddingNet(nn.Module):
    """Images in, unit vectors out: near for one person, far for two, once it is trained."""

    def __init__(
        self,
        backbone: str,
        channels: int,
        height: int,
        width: int,
        *,
        dim: int = EMBEDDING_DIM,
        options: Mapping[str, Any] | None = None,
        head: Head = "depthwise",
    ):
        """
        Parameters:
            backbone: a name in `BACKBONES`.
            channels: of the images, 1 or 3.
            height: of the images, in pixels.
            width: of the images, in pixels.
            dim: numbers in a vector.
            options: of the backbone, by name.
            head: how the coarsest map becomes a vector.

        Raises UnknownNameError for a backbone that does not exist, ConfigError for its options.
        """
        super().__init__()
        # options stay under the names they came with: the fingerprint of an old run is made of them
        self.backbone_name, self.options = backbone, dict(options or {})
        self.channels, self.height, self.width, self.dim = channels, height, width, dim
        self.backbone = build_backbone(backbone, channels, height, width, self.options)
        coarsest = self.backbone.feature_info[-1]
        sides = -(-height // coarsest.reduction), -(-width // coarsest.reduction)
        self.head: Head = head
        self.last = (
            MeanHead(coarsest.channels, dim)
            if head == "mean"
            else GlobalDepthwiseHead(coarsest.channels, sides, dim)
        )

    def forward(
        self, images: Float[Tensor, "batch channels height width"]
    ) -> Float[Tensor, "batch size"]:
        """Unit vectors of images with values 0 … 1."""
        return F.normalize(self.last(self.backbone(images)[-1]))

    @torch.inference_mode()
    def encode(self, crops: Crops) -> Vectors:
        """Unit vectors of crops, in batches, on the device the weights are on.

        The network must be in evaluation mode.

        Parameters:
            crops: uint8, (N, height, width, channels), values 0 … 255.
        """
        device = next(self.parameters()).device
        vectors = [torch.zeros(0, self.dim)]
        count = CPU_BATCH if device.type == "cpu" else GPU_BATCH
        for batch in torch.from_numpy(np.require(crops, requirements=["C", "W"])).split(count):
            # the pixels' order in memory is already the one convolutions are fastest in
            images = batch.to(device).permute(0, 3, 1, 2).float() / 255
            vectors.append(self(images).float().cpu())
        return torch.cat(vectors).numpy()

    def prepare_for_inference(self, device: torch.device) -> "EmbeddingNet":
        """Itself on a device, in evaluation mode, with its norms folded into its convolutions:
        a quarter faster, and no longer to be trained or saved."""
        fuse_norms_(self.eval())
        return self.to_device(device)

    def to_device(self, device: torch.device) -> "EmbeddingNet":
        """Itself, moved to a device and laid out as convolutions are fastest there."""
        return self.to(device).to(memory_format=torch.channels_last)  # pyright: ignore

    def parameter_count(self) -> int:
        """How many weights there are."""
        return sum(parameter.numel() for parameter in self.parameters())

    def description(self) -> dict[str, Any]:
        """All that `from_description` needs to build the same network, weights apart."""
        # the fingerprint of an old run is made of what it says, and it names no head
        head = {} if self.head == "depthwise" else {"head": self.head}
        return {
            **head,
            "backbone": self.backbone_name,
            "channels": self.channels,
            "height": self.height,
            "width": self.width,
            "size": self.dim,
            "options": self.options,
        }

    @classmethod
    def from_description(cls, value: Mapping[str, Any]) -> "EmbeddingNet":
        """The network that `description` is of, with random weights.

        Raises KeyError, TypeError or ValueError for anything else, and what the network itself
        raises.
        """
        sides = [int(value[name]) for name in ("channels", "height", "width")]
        size = int(value["size"])
        if min(*sides, size) < 1:
            raise ValueError(f"expected sizes of 1 at least, got {sides} and {size}")
        head = value.get("head", "depthwise")
        if head not in get_args(Head):
            raise ValueError(f"expected head {get_args(Head)}, got {head}")
        return cls(value["backbone"], *sides, dim=size, options=value["options"], head=head)

    def load_published_(self, tensors: Mapping[str, Tensor], path: Path, name: str) -> None:
        """Take the weights of a published network.

        Parameters:
            tensors: by the names of this network.
            path: the file they are from, for errors.
            name: what errors call the network.

        Raises DataError where they are others.
        """
        try:
            absent, unknown = self.load_state_dict(tensors, strict=False)
        except RuntimeError as error:
            raise DataError(
                f"{path} holds no {name} ({type(error).__name__}). Fetch it anew."
            ) from error
        wrong = [key for key in [*absent, *unknown] if not key.endswith(COUNTERS)]
        if wrong:
            raise DataError(f"{path} holds other weights: {wrong[0]} is at odds. Fetch it anew.")


class GlobalDepthwiseHead(nn.Module):
    """A weighted sum over all positions of the map, by channel (MobileFaceNet's global depthwise
    convolution), then a matrix. A mean would forget that a face has a top and a bottom.
    """

    def __init__(self, channels: int, sides: tuple[int, int], dim: int):
        """
        Parameters:
            channels: of the map.
            sides: height and width of the map.
            dim: numbers in a vector.
        """
        super().__init__()
        # named as in the pretrained weights
        self.linear7 = ConvBNPReLU(channels, channels, sides, groups=channels, linear=True)
        self.linear1 = ConvBNPReLU(channels, dim, 1, linear=True)

    def forward(self, x: Float[Tensor, "batch channels rows columns"]) -> Tensor:
        """Vectors, (N, dim), of maps (N, channels, height, width); not yet of unit length."""
        return self.linear1(self.linear7(x)).flatten(1)


class MeanHead(nn.Module):
    """The mean over all positions of the map, then a matrix."""

    def __init__(self, channels: int, dim: int):
        """
        Parameters:
            channels: of the map.
            dim: numbers in a vector.
        """
        super().__init__()
        self.fc = nn.Linear(channels, dim, bias=False)

    def forward(self, x: Float[Tensor, "batch channels rows columns"]) -> Tensor:
        """Vectors, (N, dim), of maps (N, channels, height, width); not yet of unit length."""
        return self.fc(x.mean((2, 3)))
