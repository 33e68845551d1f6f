"""A model run by PyTorch."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy

import numpy as np
import torch

from ...backbones._fusion import fuse_norms_
from ...frame.drawing.annotate import ImageCanvas
from ...frame.drawing.colors import Color
from ...frame.training.devices import resolve_device
from ..heads._colors import head_colors
from ..model.multitask_model import MultitaskModel
from ..preprocessing.prepare import ModelInput
from ..structures.annotations import Annotation
from ..structures.info import DatasetInfo
from ..structures.uncertainty import uncertainty_of
from .network import BATCH, INPUT_PIXELS, Answers, Network


class TorchNetwork(Network):
    """A copy of a model on a device, with its norms folded into its convolutions."""

    def __init__(self, model: MultitaskModel, *, device: str = "auto", flip_average: bool = False):
        """
        Parameters:
            model: is not changed.
            device: "auto", "cpu", "cuda" …
            flip_average: whether outputs are averaged over each image and its mirror.
        """
        self.device, self.flip_average = resolve_device(device), flip_average
        self.model = deepcopy(model).to_device(self.device).eval()
        fuse_norms_(self.model)

    @property
    def info(self) -> DatasetInfo:
        """What the model knows of its dataset."""
        return self.model.info

    @property
    def head_names(self) -> tuple[str, ...]:
        """The model's heads, by their names in `HEADS`."""
        return self.model.head_names

    @property
    def colors(self) -> Mapping[str, Color]:
        """The color of each head, by what the head is called in the dataset."""
        return head_colors(dict(self.model.heads))

    def annotate(self, inputs: Sequence[ModelInput]) -> Iterator[Answers]:
        """What is said about each input, in order.

        Parameters:
            inputs: prepared images or characters.
        """
        at_once = self.info.images_within(INPUT_PIXELS, BATCH)
        for start in range(0, len(inputs), at_once):
            part = inputs[start : start + at_once]
            stack = np.stack([one.canvas for one in part])
            batch = torch.from_numpy(stack).to(self.device).permute(0, 3, 1, 2).float().div_(255)
            with torch.no_grad():
                outputs, novelty = self.model.forward_with_novelty(batch)
                if self.flip_average:
                    outputs = self.model.average_flipped(outputs, batch)
            decoded = {name: self.model.heads[name].decode(out) for name, out in outputs.items()}
            between = {
                name: self.model.heads[name].decode_intervals(o) for name, o in outputs.items()
            }
            for row, (one, value) in enumerate(zip(part, novelty.tolist())):
                annotations = {
                    head: of_head[row].to_original(one.placement)
                    for head, of_head in decoded.items()
                }
                intervals = {
                    head: of_head[row].to_original(one.placement)
                    for head, of_head in between.items()
                    if of_head is not None
                }
                doubts = [uncertainty_of(of_head[row]) for of_head in decoded.values()]
                told = [doubt for doubt in doubts if doubt is not None]
                yield Answers(annotations, value, max(told, default=None), intervals)

    def draw(self, canvas: ImageCanvas, head: str, annotation: Annotation) -> None:
        """Draw what a head says, as the head does.

        Parameters:
            canvas: with the image, and a pen of the head's color.
            head: what it is called.
            annotation: in pixels of the canvas.
        """
        self.model.heads[head].draw(canvas, annotation)
