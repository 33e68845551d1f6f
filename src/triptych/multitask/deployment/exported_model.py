"""A model with all that stands around it, as one module: images in, answers in their pixels out."""

from collections.abc import Sequence
from copy import deepcopy

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from ...backbones._fusion import fuse_norms_
from ...frame.errors import ConfigError
from ..answers.kinds import (
    INVERTED,
    MEANINGS,
    NOVELTY,
    PARTS,
    UNCERTAINTY,
    Kind,
    output_name,
)
from ..heads._head import Head
from ..model.multitask_model import MultitaskModel
from ..model.novelty import NoveltyDetector
from .letterbox import GraphLetterbox, Images, fit_images


def answer_kind(head: Head, name: str) -> Kind:
    """In what form a head answers in an exported file.

    Parameters:
        head: of a model.
        name: what it is called, for the error.

    Raises ConfigError for a head that states none.
    """
    if head.answer_kind is None:
        raise ConfigError(
            f"The head {name} ({type(head).__name__}) cannot be exported: it does not say in what "
            "form it answers (`answer_kind`). Export a run without it."
        )
    return head.answer_kind


class ExportedModel(nn.Module):
    """Images of one size to what every head says of them, in a graph's operations alone.

    Images of a model whose `info.input` is "ink" are canvases that were prepared already.
    """

    def __init__(self, model: MultitaskModel, *, half: bool = False):
        """
        Parameters:
            model: is copied, with its norms folded into its convolutions.
            half: whether the backbone computes in float16.

        Raises ConfigError for a head that cannot be exported.
        """
        super().__init__()
        self.model = deepcopy(model).cpu().eval()
        self.model.to(memory_format=torch.contiguous_format)  # pyright: ignore
        fuse_norms_(self.model)
        self.info, self.half_precision = model.info, half
        if half:
            self.model.backbone.half()
        self.kinds: dict[str, Kind] = {
            name: answer_kind(head, name) for name, head in self.model.heads.items()
        }

    @property
    def prepares(self) -> bool:
        """Whether images of any size go in, not canvases."""
        return self.info.input == "image"

    def forward(self, images: Images, invert: Int[Tensor, ""] | None = None) -> tuple[Tensor, ...]:
        """The tensors of `output_names`.

        Parameters:
            images: RGB of one size; canvases where the model reads writing.
            invert: as `fit_images` takes it.
        """
        return tuple(self.answers(images, invert).values())

    def answers(self, images: Images, invert: Int[Tensor, ""] | None = None) -> dict[str, Tensor]:
        """What is said of images, by the names of the outputs.

        Parameters:
            images: as `forward` takes them.
            invert: as `fit_images` takes it.
        """
        if self.prepares:
            letterbox = GraphLetterbox.of_size(images.shape[1], images.shape[2], self.info)
            canvas, inverted = fit_images(images, letterbox, self.info, invert)
        else:
            letterbox = GraphLetterbox.identity(self.info)
            canvas = images.permute(0, 3, 1, 2).float()
            inverted = canvas.new_zeros(1, dtype=torch.bool)
        features = self.model.backbone(self._precise(canvas / 255))
        features = [level.float() for level in features]
        named, doubts = {}, []
        for name, head in self.model.heads.items():
            said = head.export_answer(head(features).float(), letterbox)
            named |= {output_name(name, part): value for part, value in said.parts.items()}
            doubts += [] if said.doubt is None else [said.doubt]
        named[NOVELTY] = self._novelty(features)
        if doubts:
            named[UNCERTAINTY] = torch.stack(doubts).amax(0)
        if self.prepares:
            named[INVERTED] = inverted
        return named

    @property
    def output_names(self) -> tuple[str, ...]:
        """Names of what `forward` gives."""
        names = [output_name(n, part) for n, kind in self.kinds.items() for part in PARTS[kind]]
        names.append(NOVELTY)
        if any(kind not in ("box", "circle") for kind in self.kinds.values()):
            names.append(UNCERTAINTY)
        return (*names, *[INVERTED] * self.prepares)

    def meaning(self, name: str) -> str:
        """What an output of a head means.

        Parameters:
            name: in `output_names`.
        """
        for head, kind in self.kinds.items():
            for part in PARTS[kind]:
                if output_name(head, part) == name:
                    return MEANINGS[kind, part]
        raise KeyError(name)

    def _precise(self, canvas: Tensor) -> Tensor:
        return canvas.half() if self.half_precision else canvas

    def _novelty(self, features: Sequence[Tensor]) -> Float[Tensor, " batch"]:
        """How unlike what was learned images are; 0 where nobody knows."""
        detector = self.model.novelty
        if detector is None:
            return features[0].flatten(1)[:, 0] * 0
        return detector(NoveltyDetector.pool(features))
