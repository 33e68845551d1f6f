"""A model in an exported ONNX file, run by onnxruntime; PyTorch is not imported."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ...frame.dependencies import requires
from ...frame.drawing.annotate import ImageCanvas
from ...frame.drawing.colors import Color
from ...frame.errors import ConfigError, DataError
from ...frame.onnx_session import open_session, read_onnx, reason
from ..answers.kinds import INPUT, INVERT, NOVELTY, UNCERTAINTY
from ..preprocessing.prepare import ModelInput
from ..structures.annotations import Annotation
from ..structures.info import DatasetInfo
from .array_answers import annotations_of, draw_annotation
from .model_card import METADATA, ModelCard
from .network import BATCH, INPUT_PIXELS, Answers, Network

AS_GIVEN = 0  # of `INVERT`: canvases are inverted already


class OnnxNetwork(Network):
    """The network of a file. It is given canvases that were prepared as for PyTorch, so both see
    the same pixels; its answers are then in pixels of the canvas.

    The file is not trusted: it is read into memory, may refer to no other file, and what it tells
    about itself and answers is checked.
    """

    def __init__(self, content: bytes, name: str):
        """
        Parameters:
            content: of the file.
            name: of the file, for errors.

        Raises DataError for what is no exported model, MissingDependencyError without onnxruntime.
        """
        self._refuse = partial(_not_a_model, name)
        with requires("A model in an ONNX file", "onnxruntime", "triptych[onnx]"):
            self._session = open_session(content, self._refuse)
        text = self._session.get_modelmeta().custom_metadata_map.get(METADATA)
        if text is None:
            raise self._refuse("it does not tell what its answers mean")
        try:
            self.card = ModelCard.from_json(text)
        except ValueError as error:
            raise self._refuse(str(error)) from error
        missing = {*self.card.outputs} - {one.name for one in self._session.get_outputs()}
        if missing:
            raise self._refuse(f"it lacks the output {min(missing)}")

    @classmethod
    def load(cls, path: Path, *, device: str = "auto", flip_average: bool = False) -> "OnnxNetwork":
        """The network of a file.

        Parameters:
            path: of the file.
            device: "auto" or "cpu".
            flip_average: False.

        Raises DataError for what is no exported model, ConfigError for another device or averages,
        which it cannot do, and MissingDependencyError without onnxruntime.
        """
        if device not in ("auto", "cpu"):
            raise ConfigError(
                f"An exported file runs on the CPU here, not on '{device}'. Use --device cpu, or "
                "the run's folder."
            )
        if flip_average:
            raise ConfigError("An exported file cannot average over mirrors. Use the run's folder.")
        return cls(read_onnx(path, "model", partial(_not_a_model, str(path))), str(path))

    @staticmethod
    def reads(path: Path) -> bool:
        """Whether a path is meant as an exported file, not as a run.

        Parameters:
            path: of a file or folder.
        """
        return path.is_file() or (path.suffix.lower() == ".onnx" and not path.is_dir())

    @property
    def info(self) -> DatasetInfo:
        """What the model knows of its dataset."""
        return self.card.info

    @property
    def head_names(self) -> tuple[str, ...]:
        """Its heads, by their names in `HEADS`."""
        return self.card.head_names

    @property
    def colors(self) -> Mapping[str, Color]:
        """The color of each head, by what the head is called in the dataset."""
        return {name: head.color for name, head in self.card.heads.items()}

    def annotate(self, inputs: Sequence[ModelInput]) -> Iterator[Answers]:
        """What is said about each input, in order.

        Parameters:
            inputs: prepared images or characters.

        Raises DataError where the file answers otherwise than it says.
        """
        at_once = self.info.images_within(INPUT_PIXELS, BATCH)
        for start in range(0, len(inputs), at_once):
            part = inputs[start : start + at_once]
            try:
                answers = self._run(np.stack([one.canvas for one in part]))
                decoded = annotations_of(self.card, answers, len(part))
                novelty = answers[NOVELTY].astype(float).reshape(len(part)).tolist()
                doubts: list[float | None] = [None] * len(part)
                if UNCERTAINTY in answers:
                    doubts = answers[UNCERTAINTY].astype(float).reshape(len(part)).tolist()
            except (ValueError, TypeError, IndexError) as error:
                raise self._refuse(f"it answers otherwise than it says ({error})") from error
            for row, one in enumerate(part):
                annotations = {
                    head: of_head[row].to_original(one.placement)
                    for head, of_head in decoded.items()
                }
                yield Answers(annotations, novelty[row], doubts[row])

    def draw(self, canvas: ImageCanvas, head: str, annotation: Annotation) -> None:
        """Draw what a head says.

        Parameters:
            canvas: with the image, and a pen of the head's color.
            head: what it is called.
            annotation: in pixels of the canvas.
        """
        draw_annotation(canvas, annotation, self.card.heads[head])

    def _run(self, canvases: np.ndarray) -> dict[str, np.ndarray]:
        feed: dict[str, Any] = {INPUT: canvases}
        if self.info.input == "image" and canvases.shape[3] == 1:
            feed[INPUT] = canvases.repeat(3, 3)  # grey stays what it is
        if self.info.inverts:
            feed[INVERT] = np.array(AS_GIVEN)
        names = self.card.outputs
        try:
            return dict(zip(names, self._session.run(names, feed), strict=True))
        except Exception as error:  # onnxruntime has a dozen kinds of its own
            raise self._refuse(f"it fails: {reason(error)}") from error


def _not_a_model(name: str, why: str) -> DataError:
    return DataError(
        f"Expected a file made by `triptych export`, but {name} is none: {why.rstrip('.')}. "
        "Export the run anew."
    )
