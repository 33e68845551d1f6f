"""One backbone, many heads; saved without pickle and loaded without its dataset."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ...backbones._backbone import FeaturePyramid
from ...backbones._build import build_backbone, rename_former_options
from ...frame.storage import model_files
from ...frame.storage.model_files import accept_former_names
from ..heads import build_head, head_class
from ..heads._head import Head
from ..structures.batch import Batch, Target
from ..structures.info import DatasetInfo
from .backbone_selection import resolve_backbone
from .novelty import NoveltyDetector


class MultitaskModel(nn.Module):
    """A network that looks at an image once and gives the outputs of all its heads."""

    heads: Mapping[str, Head]
    """The heads by what they are called in the dataset, in the order they were asked for: an
    `nn.ModuleDict`, typed as what is asked of it."""

    def __init__(
        self,
        info: DatasetInfo,
        heads: Sequence[str],
        backbone: str = "auto",
        options: Mapping[str, Any] | None = None,
    ):
        """
        Parameters:
            info: what the images are like and what there is to tell apart.
            heads: names in `HEADS`.
            backbone: a name in `BACKBONES`, or one with its size, "unet-m"; "auto" is a U-Net where
                a head needs a decoder, else a residual network.
            options: of the backbone, by name.

        Raises UnknownNameError or ConfigError.
        """
        super().__init__()
        for name in heads:
            head_class(name)  # a name that is none is told before anything is built
        self.info, self.head_names = info, tuple(heads)
        self.backbone_name, own = resolve_backbone(backbone, heads)
        self.options = {**own, **rename_former_options(options or {})}
        size = info.channels, info.height, info.width
        self.backbone = build_backbone(self.backbone_name, *size, self.options)
        modules = {
            info.display_name(name): build_head(name, info, self.backbone.feature_info)
            for name in heads
        }
        self.heads = cast(Mapping[str, Head], nn.ModuleDict(modules))
        self.novelty: NoveltyDetector | None = None
        accept_former_names(self, {"questions": "heads"})

    def to_device(self, device: torch.device) -> "MultitaskModel":
        """Itself, moved to a device and laid out as convolutions are fastest there."""
        return self.to(device).to(memory_format=torch.channels_last)  # pyright: ignore

    def forward(self, images: Float[Tensor, "batch channels height width"]) -> dict[str, Tensor]:
        """The output of each head, by its name.

        Parameters:
            images: values 0 … 1, of the size and channels of `info`.
        """
        return self._outputs(self.backbone(images))

    def pooled_features(
        self, images: Float[Tensor, "batch channels height width"]
    ) -> Float[Tensor, "batch features"]:
        """What `novelty` looks at."""
        return NoveltyDetector.pool(self.backbone(images))

    def forward_with_novelty(
        self, images: Float[Tensor, "batch channels height width"]
    ) -> tuple[dict[str, Tensor], Float[Tensor, " batch"]]:
        """The output of each head, and how unlike each image is to those the model learned.

        Parameters:
            images: as `forward` takes them.

        Novelty is above 1 for one held-out image of a hundred; 0 where the model knows none.
        """
        features = self.backbone(images)
        outputs = self._outputs(features)
        if self.novelty is None:
            return outputs, images.new_zeros(len(images))
        return outputs, self.novelty(NoveltyDetector.pool(features))

    def forward_flip_averaged(
        self, images: Float[Tensor, "batch channels height width"]
    ) -> dict[str, Tensor]:
        """The output of each head, averaged over each image and its mirror where the head knows how
        (test-time augmentation).

        Parameters:
            images: as `forward` takes them.
        """
        return self.average_flipped(self(images), images)

    def average_flipped(
        self,
        outputs: Mapping[str, Tensor],
        images: Float[Tensor, "batch channels height width"],
    ) -> dict[str, Tensor]:
        """Outputs averaged with those of the images mirrored left to right.

        Parameters:
            outputs: of the images, by head.
            images: as `forward` takes them.
        """
        flipped = self(images.flip(3))
        return {
            name: head.average_flipped(outputs[name], flipped[name])
            for name, head in self.heads.items()
        }

    def _outputs(self, features: FeaturePyramid) -> dict[str, Tensor]:
        return {name: head(features) for name, head in self.heads.items()}

    def add_novelty(self, classes: int) -> NoveltyDetector:
        """A detector of what is unlike the training images, to be fitted.

        Parameters:
            classes: of the images; 1 where they have none.
        """
        channels = [level.channels for level in self.backbone.feature_info]
        self.novelty = NoveltyDetector(classes, channels).to(next(self.parameters()).device)
        return self.novelty

    def targets(self, batch: Batch) -> dict[str, Target]:
        """What each head's output should be, and for which images that is known, by its name."""
        return {
            name: Target(head.target(batch), batch.targets[head.target_name].present)
            for name, head in self.heads.items()
        }

    def save(self, folder: Path) -> None:
        """Write weights and description into a folder: all that is needed to predict.

        Raises WriteError.
        """
        description = {
            "info": self.info.to_dict(),
            "backbone": self.backbone_name,
            "options": self.options,
            "heads": list(self.head_names),
        }
        if self.novelty is not None:
            description["novelty"] = len(self.novelty.means)
        model_files.save_model(folder, self.state_dict(), description)

    @classmethod
    def load(cls, folder: Path) -> "MultitaskModel":
        """The model that `save` wrote, in evaluation mode on the CPU; of version 0.1.0 too.

        Raises RunError for a folder without a model, of a newer version, or changed since.
        """
        description, tensors = model_files.load_model(folder)
        with model_files.building_network(folder, description):
            info = description["info"] if "info" in description else description["card"]
            parts = (description[key] for key in ("heads", "backbone", "options"))
            model = cls(DatasetInfo.from_dict(info), *parts)
            if "novelty" in description:
                model.add_novelty(description["novelty"])
            model.load_state_dict(tensors)
        return model.eval()
