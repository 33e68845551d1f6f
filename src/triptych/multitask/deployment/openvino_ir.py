"""An exported model as a network of OpenVINO: an .xml file with its graph, a .bin with weights."""

import json
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from ...frame.cores import available_cores
from ...frame.dependencies import requires
from ..answers.kinds import INPUT
from ..inference.model_card import METADATA
from .agreement import Run

GRAPH, WEIGHTS = ".xml", ".bin"
PRECISE = {"INFERENCE_PRECISION_HINT": "f32"}  # else some processors compute in bfloat16


def openvino() -> Any:
    """The package of OpenVINO. Raises MissingDependencyError where it is not installed."""
    with requires("Exporting to OpenVINO", "openvino", "triptych[openvino]"):
        return import_module("openvino")


def to_openvino(content: bytes, card: Mapping[str, Any]) -> dict[str, bytes]:
    """The two files of a network, by their endings.

    Parameters:
        content: of an ONNX file. An input of it that may be left out becomes a constant, for
            OpenVINO knows none.
        card: what the metadata tell; they are in the graph's `rt_info`, below "triptych.model".

    Raises MissingDependencyError without openvino.
    """
    package = openvino()
    model = package.Core().read_model(content)
    model.set_rt_info(json.dumps(card, ensure_ascii=False), METADATA)
    with TemporaryDirectory() as folder:
        path = Path(folder, "model").with_suffix(GRAPH)
        package.save_model(model, str(path), compress_to_fp16=False)
        return {ending: path.with_suffix(ending).read_bytes() for ending in (GRAPH, WEIGHTS)}


def openvino_run(files: Mapping[str, bytes]) -> Run:
    """Answers by a network on the processor, by the names of its outputs.

    Parameters:
        files: contents by their endings.

    Raises MissingDependencyError without openvino.
    """
    core = openvino().Core()
    threads = {"INFERENCE_NUM_THREADS": available_cores()}
    model = core.read_model(files[GRAPH], files[WEIGHTS])
    network = core.compile_model(model, "CPU", {**PRECISE, **threads})
    names = list(json.loads(model.get_rt_info(METADATA).value)["outputs"])

    def answers(images: np.ndarray) -> Mapping[str, np.ndarray]:
        said = network({INPUT: images})
        return {name: np.array(said[name]) for name in names}

    return answers
