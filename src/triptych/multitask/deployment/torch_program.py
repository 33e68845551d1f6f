"""An exported model as a program of torch.export: PyTorch runs it without triptych."""

import io
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor, nn
from torch.export import Dim

from .agreement import Run
from .exported_model import ExportedModel
from .letterbox import Images
from .onnx_graph import example_inputs, metadata


def to_torch_program(model: ExportedModel, facts: dict[str, Any]) -> bytes:
    """The model as a .pt2 file: images in, a dictionary of answers by their names out.

    The number of the images is open, and where images of any size go in, so are their sides; a
    graph that would fix one of them is refused by torch.export itself. What it is traced with
    are two images, for it takes a 1 in a shape as a constant.

    Parameters:
        model: in evaluation mode; a program keeps the mode it was traced in.
        facts: what else the metadata tell, by name; values that JSON can hold.
    """
    open_axes = dict.fromkeys(range(3 if model.prepares else 1), Dim.DYNAMIC)
    inputs = example_inputs(model)
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what PyTorch says about its own future
        program = torch.export.export(
            _NamedAnswers(model), inputs, dynamic_shapes=(open_axes, None)[: len(inputs)]
        )
        file = io.BytesIO()
        torch.export.save(program, file, extra_files={**metadata(model, facts)})
    return file.getvalue()


def torch_program_run(content: bytes) -> Run:
    """Answers by a program that was written here, by the names of its outputs.

    Parameters:
        content: of the file. Never that of somebody else: torch.export.load unpickles, which runs
            whatever code the file holds.
    """
    program = torch.export.load(io.BytesIO(content))
    more = example_values(program)
    module = program.module()

    def answers(images: np.ndarray) -> Mapping[str, np.ndarray]:
        with torch.no_grad():
            said = module(torch.from_numpy(images), *more)
        return {name: value.numpy() for name, value in said.items()}

    return answers


def example_values(program: torch.export.ExportedProgram) -> tuple[Tensor, ...]:
    """What a program was traced with beside images: that their borders decide on inversion.

    Parameters:
        program: that has its example inputs.
    """
    inputs = program.example_inputs
    return tuple(inputs[0][1:]) if inputs else ()


class _NamedAnswers(nn.Module):
    """A model whose answers have names, as its file is to return them."""

    def __init__(self, model: ExportedModel):
        super().__init__()
        self.model = model
        self.train(model.training)

    def forward(self, images: Images, invert: Int[Tensor, ""] | None = None) -> dict[str, Tensor]:
        return self.model.answers(images, invert)
