"""The convolutions of an exported file in 8-bit whole numbers."""

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from ...frame.dependencies import requires

Feed = dict[str, np.ndarray]


def quantized(content: bytes, feeds: Iterable[Feed]) -> bytes:
    """The file with its convolutions quantized (QDQ): weights for each channel, activations between
    the least and largest value that they have on images that were not trained on.

    Preparation of the images, the small layers behind keypoints and classes and the decoding of
    answers stay in float32: they take little of the time, and rounding moves places there.

    Parameters:
        content: an ONNX file.
        feeds: inputs by name, batch by batch.

    Raises MissingDependencyError without onnx or onnxruntime.
    """
    with requires("Quantizing", "onnx and onnxruntime", "triptych[onnx]"):
        from onnxruntime.quantization import (
            CalibrationDataReader,
            QuantFormat,
            QuantType,
            quantize_static,
        )

    class Reader(CalibrationDataReader):
        def __init__(self) -> None:
            self.feeds: Iterator[Feed] = iter(feeds)

        def get_next(self) -> Feed | None:  # pyright: ignore  # None ends it, as its caller says
            return next(self.feeds, None)

    logging.getLogger().addFilter(_no_advice)  # to prepare the file, which is done
    try:
        with TemporaryDirectory() as folder:
            before, after = Path(folder, "before.onnx"), Path(folder, "after.onnx")
            before.write_bytes(content)
            quantize_static(
                before,
                after,
                Reader(),
                quant_format=QuantFormat.QDQ,
                op_types_to_quantize=["Conv"],
                per_channel=True,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                reduce_range=True,  # else sums overflow on processors without VNNI
            )
            return after.read_bytes()
    finally:
        logging.getLogger().removeFilter(_no_advice)


def _no_advice(record: logging.LogRecord) -> bool:
    return "pre-processing" not in record.getMessage()
