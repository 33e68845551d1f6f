"""One backbone, many heads; saved without pickle and loaded without its dataset."""

from collections.abc import Mapping, Sequence
from inspect import signature
from pathlib import Path
from typing import Any, cast

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ...backbones import BACKBONES
from ...backbones._backbone import Backbone
from ...frame.errors import ConfigError, RunError, UnknownNameError
from ...frame.storage import model_files
from ..heads import HEADS
from ..heads._head import Head
from ..structures.batch import Batch
from ..structures.info import Card

MISFITS = (  # what a description can raise that was changed by hand
    *(AttributeError, KeyError, RuntimeError, TypeError, ValueError),
    ConfigError,
)


class Model(nn.Module):
    """A network that looks once at an image and answers the questions of all its heads."""

    def __init__(
        self,
        card: Card,
        heads: Sequence[str],
        backbone: str = "auto",
        options: Mapping[str, Any] | None = None,
    ):
        """`heads` are names from the shelf; "auto" takes a U-Net where one of them is dense."""
        super().__init__()
        kinds = {name: HEADS[name] for name in heads}
        backbone = chosen_backbone(backbone, heads)
        self.card, self.kinds, self.backbone_name = card, tuple(heads), backbone
        self.options = dict(options or {})
        self.backbone = self._built(backbone)
        self.questions = nn.ModuleDict(
            {
                card.name(name): kind(card, self.backbone.feature_info)
                for name, kind in kinds.items()
            }
        )

    @property
    def heads(self) -> dict[str, Head]:
        """The heads, by what they are called here."""
        return {name: cast(Head, head) for name, head in self.questions.items()}

    def on(self, device: torch.device) -> "Model":
        """Itself, moved to a device and laid out as convolutions are fastest there."""
        return self.to(device).to(memory_format=torch.channels_last)  # pyright: ignore

    def _built(self, backbone: str) -> Backbone:
        kind, card = BACKBONES[backbone], self.card
        try:
            return kind(card.channels, card.height, card.width, **self.options)
        except TypeError as error:
            raise ConfigError(f"Backbone '{backbone}' with {self.options}: {error}.") from None

    def forward(self, images: Float[Tensor, "batch channels height width"]) -> dict[str, Tensor]:
        """Images with values 0 … 1 to each head's output."""
        features = self.backbone(images)
        return {name: head(features) for name, head in self.heads.items()}

    def targets(self, batch: Batch) -> dict[str, Tensor]:
        """What each head should say."""
        return {name: head.target(batch) for name, head in self.heads.items()}

    def parameter_count(self) -> int:
        return sum(parameter.numel() for parameter in self.parameters())

    def save(self, folder: Path) -> None:
        """Write all that is needed to predict into `folder`: weights, and what they belong to."""
        description = {
            "card": self.card.json(),
            "backbone": self.backbone_name,
            "options": self.options,
            "heads": list(self.kinds),
        }
        model_files.save_model(folder, self.state_dict(), description)

    @classmethod
    def load(cls, folder: Path) -> "Model":
        """The model that `save` wrote, in evaluation mode on the CPU.

        Raises RunError for a folder without a model, of a newer version, or changed since."""
        description, tensors = model_files.load_model(folder)
        try:
            card = Card.from_json(description["card"])
            model = cls(card, description["heads"], description["backbone"], description["options"])
            model.load_state_dict(tensors)
        except UnknownNameError as error:
            raise RunError(
                f"{folder / model_files.DESCRIPTION} cannot be followed. {error} What is your own, "
                "add to its shelf before you load the run."
            ) from error
        except MISFITS as error:
            raise RunError(
                f"{folder / model_files.DESCRIPTION} and its weights do not fit this triptych "
                f"or each other ({type(error).__name__}). Train again."
            ) from error
        return model.eval()


def chosen_backbone(name: str, heads: Sequence[str]) -> str:
    """The name itself; for "auto" a U-Net where one of the heads is dense, else "residual"."""
    if name != "auto":
        return name
    return "unet" if any(HEADS[head].dense for head in heads) else "residual"


def suited(options: Mapping[str, Any], backbone: str, heads: Sequence[str]) -> dict[str, Any]:
    """Of settings meant for some backbone, those that the one chosen has."""
    known = signature(BACKBONES[chosen_backbone(backbone, heads)]).parameters
    return {name: value for name, value in options.items() if name in known}
