"""An exported model as an ONNX file, with all that a program has to know in its metadata."""

import io
import json
import warnings
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch

from ... import __version__
from ...frame.dependencies import requires
from ...frame.onnx_session import PROCESSOR
from ..answers.kinds import BY_BORDER, GENERAL, INPUT, INVERT
from ..heads._colors import head_colors
from ..heads._detection.detection_head import DetectionHead
from ..inference.model_card import FORMAT, METADATA
from .exported_model import ExportedModel
from .quantization import quantized

OPSET = 18
EXAMPLE = (67, 83)  # height and width of the images it is traced with: odd, and not square
IMAGES = "RGB images of one size, uint8 (batch, height, width, 3), upright, of any size"
CANVASES = (
    "uint8 canvases (batch, height, width, channels), one character each, white on black, prepared "
    "by triptych.multitask.preprocessing.prepare, whose OpenCV code is not part of the graph; "
    "answers are in pixels of the canvas"
)


def to_onnx(
    model: ExportedModel, facts: dict[str, Any], images: Iterable[np.ndarray] | None = None
) -> bytes:
    """The model as one ONNX file.

    It is PyTorch's tracing exporter: the newer one takes minutes for graphs of some thousand
    operations, where this one takes seconds.

    Parameters:
        model: in evaluation mode.
        facts: what else the metadata tell, by name; values that JSON can hold.
        images: uint8 batches by which convolutions are quantized; None where they are not.

    Raises MissingDependencyError without onnx or onnxruntime.
    """
    with requires("Exporting", "onnx", "triptych[onnx]"):
        import onnx
    file = io.BytesIO()
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the tracer says about shapes that stay fixed
        torch.onnx.export(
            model,
            example_inputs(model),
            file,  # pyright: ignore  # as this exporter takes it
            input_names=[INPUT, INVERT] if model.info.inverts else [INPUT],
            output_names=list(model.output_names),
            opset_version=OPSET,
            dynamic_axes=_open_axes(model),
            dynamo=False,
        )
    content = file.getvalue()
    if not model.half_precision:  # else optimizing for this CPU would bring float32 back
        content = optimized(content)
    if images is not None:
        invert = {INVERT: np.array(BY_BORDER)} if model.info.inverts else {}
        content = quantized(content, ({INPUT: batch, **invert} for batch in images))
    proto = onnx.load_from_string(content)
    proto.producer_name, proto.producer_version = "triptych", __version__
    if model.info.inverts:  # an initializer of its name makes an input one that may be left out
        default = onnx.numpy_helper.from_array(np.array(BY_BORDER), INVERT)
        proto.graph.initializer.append(default)
    onnx.helper.set_model_props(proto, metadata(model, facts))
    onnx.checker.check_model(proto)
    return proto.SerializeToString()


def optimized(content: bytes) -> bytes:
    """The same graph with constants computed and needless operations left out: half as many, so
    that a session opens sooner. It stays one for any runtime.

    Parameters:
        content: an ONNX file.

    Raises MissingDependencyError without onnx or onnxruntime.
    """
    with requires("Exporting", "onnx and onnxruntime", "triptych[onnx]"):
        import onnx
        import onnxruntime
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    with TemporaryDirectory() as folder:
        path = Path(folder, "model.onnx")
        options.optimized_model_filepath = str(path)
        onnxruntime.InferenceSession(content, options, providers=[PROCESSOR])
        proto = onnx.load(path)
    used = {node.domain for node in proto.graph.node}
    known = [one for one in proto.opset_import if one.domain in used]
    del proto.opset_import[:]
    proto.opset_import.extend(known)
    return proto.SerializeToString()


def metadata(model: ExportedModel, facts: dict[str, Any]) -> dict[str, str]:
    """What a file tells about itself, by name.

    Parameters:
        model: what is in the file.
        facts: what else is told.
    """
    heads = {}
    colors = head_colors(dict(model.model.heads))
    for name, head in model.model.heads.items():
        known: dict[str, Any] = {"kind": model.kinds[name], "color": list(colors[name])}
        names = getattr(head, "names", None)
        if names is not None:
            known["classes"] = list(names)
        if isinstance(head, DetectionHead):
            known["thresholds"] = [round(one, 6) for one in head.score_thresholds.tolist()]
        heads[name] = known
    outputs = {name: GENERAL.get(name) or model.meaning(name) for name in model.output_names}
    told = {
        "format": FORMAT,
        "version": __version__,
        "input": IMAGES if model.prepares else CANVASES,
        "info": model.info.to_dict(),
        "head_names": list(model.model.head_names),
        "heads": heads,
        "outputs": outputs,
        "frame": "pixels of the image, x to the right, y down; pixel i covers i to i + 1",
        **facts,
    }
    return {METADATA: json.dumps(told, ensure_ascii=False), "triptych.version": __version__}


def example_inputs(model: ExportedModel) -> tuple[torch.Tensor, ...]:
    """Two images such as the model takes, and where it takes it, whether they are inverted.

    Parameters:
        model: says their size.
    """
    info = model.info
    size = (*EXAMPLE, 3) if model.prepares else (info.height, info.width, info.channels)
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (2, *size), dtype=torch.uint8, generator=generator)
    return (images, torch.tensor(BY_BORDER)) if info.inverts else (images,)


def _open_axes(model: ExportedModel) -> dict[str, dict[int, str]]:
    axes = {name: {0: "batch"} for name in (INPUT, *model.output_names)}
    if model.prepares:
        maps = [name for name, kind in model.kinds.items() if kind in ("mask", "semantic")]
        for name in (INPUT, *maps):
            axes[name] |= {1: "height", 2: "width"}
    return axes
