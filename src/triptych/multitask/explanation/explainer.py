"""Explanations of what a run's model says about any images."""

from collections.abc import Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from ...frame.dependencies import requires
from ...frame.drawing.contact_sheet import contact_sheet
from ...frame.errors import ConfigError
from ...frame.registry import unknown_name_error
from ...frame.storage.images import ImageLike, RGBImage, as_image
from ...frame.training.devices import resolve_device
from ..heads._colors import head_colors
from ..inference.model_inputs import ground_of, model_inputs
from ..model.multitask_model import MultitaskModel
from ..preprocessing.prepare import Invert
from .explained_head import ExplainedHead
from .explanation import Explanation, HeadExplanation
from .integrated_gradients import STEPS, integrated_gradients
from .methods import METHODS, resolve_methods
from .panels import LEGEND, explanation_panels

AT_ONCE = 16  # characters of an image that are explained together, at most
MOST_PIXELS = 2**18  # of images that are explained together


class Explainer:
    """A trained model, ready to tell why it says what it says.

    Images are prepared as `Predictor` does. What is explained of each head is its
    `explained_score`: of a class its logit, of a mask the mean logit of its pixels, of objects that
    of their centers, of a box or a circle how far it has come from what is said of an empty image.
    """

    def __init__(
        self,
        model: MultitaskModel,
        *,
        heads: Sequence[str] | None = None,
        methods: Sequence[str] | None = None,
        class_name: str | None = None,
        layer: str | None = None,
        device: str = "auto",
        invert: Invert = "auto",
        quick: bool = False,
    ):
        """
        Parameters:
            model: is moved to the device and set to evaluation mode.
            heads: by either of their names; None for all of the model.
            methods: names in `METHODS`; None for all.
            class_name: which class is explained, of heads that tell it; None for the answer.
            layer: of Grad-CAM, as `model.named_modules` calls it; None for the coarsest map of the
                backbone that the head reads.
            device: "auto", "cpu", "cuda" …
            invert: "yes" or "no" where the border of an image is not to decide.
            quick: whether integrated gradients make do with the fewest steps, though their sum
                may then be off by more.

        Raises MissingDependencyError without Captum, UnknownNameError for a head, a method or a
        class that is none.
        """
        with requires("Explaining", "Captum", "triptych[explain]"):
            import_module("captum.attr")
        self.device = resolve_device(device)
        self.model = model.to_device(self.device).eval()
        self.methods, self.layer = resolve_methods(methods), layer
        self.invert: Invert = invert
        self.computes = {name: METHODS[name].compute for name in self.methods}
        if quick and "integrated-gradients" in self.computes:
            few = partial(integrated_gradients, steps=STEPS[:1])
            self.computes["integrated-gradients"] = few
        self.class_name = class_name
        self.heads = self._resolve_heads(heads)

    @classmethod
    def load(cls, run: str | Path, **options: Any) -> "Explainer":
        """The explainer of a finished run.

        Parameters:
            run: its folder.
            options: what `Explainer` takes beside the model, by name.

        Raises RunError for a folder without a finished run, and what `Explainer` raises.
        """
        return cls(MultitaskModel.load(Path(run)), **options)

    def explain(self, image: ImageLike, *, most: int | None = None) -> list[Explanation]:
        """Why the heads say what they say of an image; of each character where the model reads
        writing, in reading order, and of none where nothing is written.

        Parameters:
            image: as `Predictor.predict` takes it.
            most: characters; None for all.

        Raises ImageError for what is no image.
        """
        name = str(image) if isinstance(image, (str, Path)) else "the image"
        info = self.model.info
        pixels = as_image(image, name=name, ground=ground_of(info))
        canvases = [one.canvas for one in model_inputs(pixels, info, self.invert)][:most]
        if not canvases:
            return []
        stack = torch.from_numpy(np.stack(canvases)).to(self.device)
        explained = self.explain_batch(stack.permute(0, 3, 1, 2).float() / 255)
        return [Explanation(name, canvas, one) for canvas, one in zip(canvases, explained)]

    def explain_batch(
        self, images: Float[Tensor, "batch channels height width"]
    ) -> list[dict[str, HeadExplanation]]:
        """Why each head says what it says of each image, by the head's name.

        Parameters:
            images: values 0 … 1, of the size and channels of the model's `info`, on its device.
        """
        at_once = self.model.info.images_within(MOST_PIXELS, AT_ONCE)
        parts = [self._explain_part(part) for part in images.split(at_once)]
        return [one for part in parts for one in part]

    def draw(self, explanations: Sequence[Explanation], title: str = "") -> RGBImage:
        """A sheet with a row a head: the picture with the answer, then a heat map a method.

        Parameters:
            explanations: of one image, at least one.
            title: above.
        """
        colors = head_colors(dict(self.model.heads))
        panels = [
            panel
            for one in explanations
            for panel in explanation_panels(one, dict(self.model.heads), colors)
        ]
        return contact_sheet(
            [panel.pixels for panel in panels],
            columns=1 + len(self.methods),
            title=title,
            legend=LEGEND,
            notes=[panel.title for panel in panels],
        )

    def _explain_part(
        self, images: Float[Tensor, "batch channels height width"]
    ) -> list[dict[str, HeadExplanation]]:
        columns = {name: self._explain_head(name, images) for name in self.heads}
        return [dict(zip(columns, row)) for row in zip(*columns.values())]

    def _explain_head(
        self, name: str, images: Float[Tensor, "batch channels height width"]
    ) -> list[HeadExplanation]:
        options = {"class_name": self.class_name, "layer": self.layer}
        explained = ExplainedHead(self.model, name, images, **options)
        with torch.no_grad():
            scores = explained(images, *explained.references).tolist()
            empty = explained(explained.empty, *explained.references).tolist()
        heat = {
            one: compute(explained, images).cpu().numpy() for one, compute in self.computes.items()
        }
        answers = self.model.heads[name].decode(explained.answers)
        maps = [{method: of[row] for method, of in heat.items()} for row in range(len(images))]
        about = self.class_name or ""
        return [HeadExplanation(*row, about) for row in zip(answers, scores, empty, maps)]

    def _resolve_heads(self, names: Sequence[str] | None) -> list[str]:
        """What the heads are called in the model; of a class only those that tell it."""
        known, info = [*self.model.heads], self.model.info
        wanted = [info.display_name(info.head_for(name)) for name in names or known]
        for asked, name in zip(names or known, wanted):
            if name not in known:
                raise unknown_name_error(asked, known, "head in this run")
        wanted = list(dict.fromkeys(wanted))
        if self.class_name is None:
            return wanted
        classes = {name: tuple(getattr(self.model.heads[name], "names", ())) for name in wanted}
        telling = [name for name in wanted if self.class_name in classes[name]]
        if telling:
            return telling
        if not any(classes.values()):
            raise ConfigError(f"No head of {', '.join(wanted)} tells classes. Leave --class out.")
        every = {one for several in classes.values() for one in several}
        raise unknown_name_error(self.class_name, every, "class")
