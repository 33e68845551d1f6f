"""Networks of both kinds keep the same promises."""

from triptych.multitask.inference.network import Network
from triptych.multitask.inference.onnx_network import OnnxNetwork
from triptych.multitask.inference.torch_network import TorchNetwork


def test_both_networks_promise_all_that_a_predictor_needs():
    assert Network.__abstractmethods__ == {"info", "head_names", "colors", "annotate", "draw"}
    for kind in (OnnxNetwork, TorchNetwork):
        assert issubclass(kind, Network) and not kind.__abstractmethods__
