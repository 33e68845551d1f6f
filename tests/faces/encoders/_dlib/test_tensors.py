"""dlib's layers as tensors of our network."""

import pytest
import torch
from torch import Tensor

from triptych.faces.encoders._dlib.format import AFFINE, CONVOLUTION, MATRIX
from triptych.faces.encoders._dlib.tensors import network_tensors, new_network

from .test_format import tensor, text


def serialised(weights: dict[str, Tensor]) -> bytes:
    """A network as dlib writes it: each layer's weights, then its biases."""
    content = b""
    names = [name.removesuffix(".weight") for name in weights if name.endswith("weight")]
    for name in names:
        weight, bias = weights[f"{name}.weight"], weights.get(f"{name}.bias")
        kind = MATRIX if bias is None else AFFINE if weight.ndim == 1 else CONVOLUTION
        values = weight.T if kind == MATRIX else weight
        flat = [*values.flatten().tolist(), *([] if bias is None else bias.tolist())]
        content += text(kind) + (b"\x01\x02\x01\x02" if kind == MATRIX else b"") + tensor(flat)
    return content


@pytest.fixture(scope="module")
def weights() -> dict[str, Tensor]:
    torch.manual_seed(0)
    return {name: torch.randn(like.shape) for name, like in new_network().state_dict().items()}


@pytest.fixture(scope="module")
def content(weights: dict[str, Tensor]) -> bytes:
    return serialised(weights)


def test_each_weight_comes_to_its_place(weights: dict[str, Tensor], content: bytes):
    found = network_tensors(content)
    assert found.keys() == weights.keys()
    assert all(torch.equal(found[name], weights[name]) for name in weights)


def test_a_network_of_another_shape_is_told(content: bytes):
    with pytest.raises(ValueError, match="is missing"):
        network_tensors(content[: content.rindex(text(MATRIX))])
    start = content.index(text(AFFINE))
    with pytest.raises(ValueError):
        network_tensors(content[start:])
    with pytest.raises(ValueError, match="too long"):
        network_tensors(content + text(AFFINE) + tensor([0.0]))
