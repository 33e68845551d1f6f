"""What dlib's files hold, as tensors of our own network and predictor."""

from dataclasses import fields
from itertools import islice

import torch
from torch import Tensor

from .._embedding_net import EMBEDDING_DIM, EmbeddingNet
from .format import AFFINE, CONVOLUTION, MATRIX, read_layers, read_shape_predictor

SIDE = 150  # pixels of a crop
PARAMETERS = {CONVOLUTION: 2, AFFINE: 2, MATRIX: 1}
"""Tensors of a layer: weights, and biases."""


def new_network() -> EmbeddingNet:
    """dlib's network, with random weights: 128 numbers from RGB images of 150 × 150."""
    options = {"padded": False}
    return EmbeddingNet(
        "dlib-resnet", 3, SIDE, SIDE, dim=EMBEDDING_DIM, options=options, head="mean"
    )


def network_tensors(content: bytes) -> dict[str, Tensor]:
    """The weights of the network, by the names of `new_network`.

    Parameters:
        content: of dlib's file.

    Raises ValueError for a file that is cut off, or of another network.
    """
    expected = iter(new_network().state_dict().items())
    tensors: dict[str, Tensor] = {}
    for layer in read_layers(content):
        values = torch.from_numpy(layer.values)
        for name, like in islice(expected, PARAMETERS[layer.kind]):
            part, values = values[: like.numel()], values[like.numel() :]
            if len(part) != like.numel():
                raise ValueError(f"{name} is too short")
            # dlib multiplies by a matrix from the right
            square = layer.kind == MATRIX
            part = part.view(like.T.shape).T if square else part.view(like.shape)
            tensors[name] = part.contiguous()
        if len(values):
            raise ValueError(f"a layer {layer.kind} is too long")
    if missing := next(expected, None):
        raise ValueError(f"{missing[0]} is missing")
    return tensors


def predictor_tensors(content: bytes) -> dict[str, Tensor]:
    """The arrays of the predictor of five landmarks, by the names of `ShapePredictor`.

    Parameters:
        content: of dlib's file.

    Raises ValueError for a file that is cut off, or of another kind.
    """
    predictor = read_shape_predictor(content)
    return {
        field.name: torch.from_numpy(getattr(predictor, field.name)).contiguous()
        for field in fields(predictor)
    }
