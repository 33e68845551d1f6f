"""A network of OpenVINO answers as its model does, whatever the number and size of images."""

import sys
from collections.abc import Callable

import numpy as np
import pytest
import torch

from triptych.frame.errors import MissingDependencyError
from triptych.multitask.deployment.exported_model import ExportedModel
from triptych.multitask.deployment.formats import FORMATS
from triptych.multitask.deployment.openvino_ir import GRAPH, openvino
from triptych.multitask.model.multitask_model import MultitaskModel


def test_where_it_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'triptych\[openvino\]'"):
        openvino()


@pytest.mark.parametrize("heads", [("label", "mask", "semantic"), ("boxes", "circle")])
def test_any_pictures_are_answered(
    build: Callable[..., MultitaskModel], heads: tuple[str, ...], odd_batches: list[np.ndarray]
):
    pytest.importorskip("openvino", reason="the extra 'openvino' is not installed")
    model, form = ExportedModel(build(*heads)).eval(), FORMATS[".xml"]
    files = form.make(model, {"run": "zoo"}, None)
    assert b"zoo" in files[GRAPH] and set(files) == {".xml", ".bin"}
    answers = form.run(files)
    for images in odd_batches:
        with torch.no_grad():
            expected = model.answers(torch.from_numpy(images))
        said = answers(images)
        assert {*said} == {*expected}
        for name in ("label.probabilities", "circle", "mask", "boxes.scores"):
            if name in said:
                # a random network makes much of a grey level that rounding errors choose
                np.testing.assert_allclose(said[name], expected[name], atol=2e-2, err_msg=name)
        if images.shape[1:3] == (32, 48) and "mask" in said:
            np.testing.assert_allclose(said["mask"], expected["mask"], atol=1e-4)
