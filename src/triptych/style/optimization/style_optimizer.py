"""Optimize an image from coarse to fine, a step at a time: to be watched, stopped and resumed."""

from collections.abc import Iterator, Sequence
from time import perf_counter

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from ...frame.errors import ConfigError, DataError
from ..imaging.scales import (
    Scale,
    build_scales,
    crop_padding,
    fit_longer_side,
    padding_for,
    reflect_pad,
    resize,
)
from ..networks._extractor import Image
from ..objectives.objective import ObjectiveFactory, ScaleInputs
from .config import StepLog, TransferConfig
from .optimizers import OPTIMIZERS, ImageOptimizer, State, check_state

MARGIN = 16  # pixels painted around the picture and cut off: borders are where networks see badly
NOISE_STD = 0.1  # deviation of the noise a picture from noise begins as, around mid-grey


class StyleOptimizer:
    """Paints one image. Iterate over it, or call `step` until it is `finished`.

    `scale` is the index in `scales` it is at, `step_in_scale` the steps done there; `image` is the
    best so far at any time. `state` is all that the next steps depend on: an optimizer made with
    the same arguments and given it with `restore` goes on exactly, on the same CPU
    with as many threads.

    Parameters:
        content: the image to be painted, (1, 3, height, width), 0 … 1, of any size on any device.
        styles: images of any size.
        method: gives the objective at each scale; it is painted on its device.
        settings: size, strength, steps and so on.
        regions: how much each style covers of each pixel, 0 … 1, at the content's size.
        start: the image to begin from, with init="image".

    Raises ConfigError for what does not fit.
    """

    def __init__(
        self,
        content: Image,
        styles: Sequence[Tensor],
        method: ObjectiveFactory,
        settings: TransferConfig | None = None,
        *,
        regions: Float[Tensor, "styles rows columns"] | None = None,
        start: Tensor | None = None,
    ):
        self.settings = settings or TransferConfig()
        self.method, self.device = method, method.device
        self.content, self.styles = content, tuple(styles)
        self.regions, self.start = regions, start
        if (self.settings.init == "image") != (start is not None):
            raise ConfigError("An image to start from belongs to the start 'image'. Give both.")
        self.style_weights = self.settings.normalized_style_weights(len(self.styles))
        self.scales = build_scales(
            *(content.shape[2], content.shape[3], self.settings.size, self.settings.steps),
            method.schedule,
        )
        self.history: list[StepLog] = []
        self.seconds = 0.0
        self.scale = self.step_in_scale = 0
        self.optimizer: ImageOptimizer | None = None

    @property
    def total_steps(self) -> int:
        """Steps of all scales."""
        return sum(scale.steps for scale in self.scales)

    @property
    def finished(self) -> bool:
        """Whether the last scale is done."""
        return self.scale == len(self.scales) - 1 and self._scale_done

    @property
    def _scale_done(self) -> bool:
        """Whether the current scale has had its steps, or none would help."""
        stuck = self.optimizer is not None and self.optimizer.stalled
        return stuck or self.step_in_scale >= self.scales[self.scale].steps

    def __iter__(self) -> Iterator[StepLog]:
        while not self.finished:
            yield self.step()

    def step(self) -> StepLog:
        """One step; it enters the next scale where the last is done."""
        started = perf_counter()
        if self.optimizer is None:
            self.optimizer = self._start_scale(self._initial_image())
        elif self._scale_done:
            self._next_scale(self.scale + 1)
        loss = self.optimizer.step()
        self.step_in_scale += 1
        self.seconds += perf_counter() - started
        size = max(self.scales[self.scale].height, self.scales[self.scale].width)
        row = StepLog(self.scale, size, self.step_in_scale, self.seconds, loss.total, loss.parts)
        self.history.append(row)
        return row

    def _next_scale(self, scale: int) -> None:
        """Begin the next scale; where that fails or is interrupted, nothing has changed."""
        last, stood = self.image, (self.scale, self.step_in_scale)
        self.scale, self.step_in_scale = scale, 0
        try:
            self.optimizer = self._start_scale(last)
        except BaseException:
            self.scale, self.step_in_scale = stood
            raise

    @property
    def image(self) -> Image:
        """The best image so far, at the size of its scale, 0 … 1, outside regions the content."""
        if self.optimizer is None:
            return self._initial_image().clamp(0, 1)
        painted = crop_padding(self.optimizer.best, *self._margin).clamp(0, 1)
        return self._blend_outside_regions(painted)

    @property
    def state(self) -> State:
        """All that the next steps depend on, as tensors on the CPU."""
        descent = self.optimizer.state if self.optimizer else {}
        return {name: value.cpu() for name, value in (self._position | descent).items()}

    @property
    def _position(self) -> State:
        return {
            "scale": torch.tensor(self.scale),
            "done": torch.tensor(self.step_in_scale),
            "seconds": torch.tensor(self.seconds, dtype=torch.float64),
        }

    def restore(self, state: State, history: Sequence[StepLog] = ()) -> None:
        """Go on from a `state`.

        Parameters:
            state: as `state` gave it.
            history: the rows of the steps that led to it.

        Raises DataError for the state of another transfer.
        """
        try:
            check_state(state, self._position)
            self.scale, self.step_in_scale = int(state["scale"]), int(state["done"])
            self.seconds = float(state["seconds"])
            self.history = list(history)
            if self.scale not in range(len(self.scales)):
                raise KeyError("scale")
            here = [row.step for row in history if row.scale >= self.scale]
            steps = self.scales[self.scale].steps
            if not len(here) == self.step_in_scale <= steps or here != list(
                range(1, self.step_in_scale + 1)
            ):
                raise KeyError("done")
            self.optimizer = None
            if self.scale or self.step_in_scale:
                check_state(state, {"picture": reflect_pad(self._scaled_content(), *self._margin)})
                self.optimizer = self._make_optimizer(state["picture"].to(self.device))
                self.optimizer.restore({name: part.to(self.device) for name, part in state.items()})
        except KeyError as error:
            raise DataError(
                f"Expected the state of this painting, but {error} does not fit. "
                "Begin anew, or with the settings it was begun with."
            ) from error

    def _start_scale(self, image: Image) -> ImageOptimizer:
        """An optimizer at the current scale, from an image of any size."""
        here = self.scales[self.scale]
        grown = resize(image, here.height, here.width)
        return self._make_optimizer(reflect_pad(grown, *self._margin))

    def _make_optimizer(self, session: Image) -> ImageOptimizer:
        objective = self.method.objective(self.scale_inputs())
        return OPTIMIZERS[self.settings.optimizer](objective.evaluate, session)

    def scale_inputs(self) -> ScaleInputs:
        """What the objective is made from at the current scale, the margin included."""
        here, regions = self.scales[self.scale], self._scaled_regions()
        return ScaleInputs(
            reflect_pad(self._scaled_content(), *self._margin),
            tuple(self._scaled_style(*pair) for pair in zip(self.styles, self.style_sizes(here))),
            self.style_weights,
            self.settings.strength,
            None if regions is None else reflect_pad(regions[None], *self._margin)[0],
        )

    def padded_size(self, scale: Scale) -> tuple[int, int]:
        """Rows and columns painted at a scale, the margin included."""
        rows, columns = self._margin_at(scale)
        return scale.height + 2 * rows, scale.width + 2 * columns

    def style_sizes(self, scale: Scale) -> list[tuple[int, int]]:
        """Rows and columns of each style at a scale."""
        longer = max(1, round(max(scale.height, scale.width) * self.settings.style_scale))
        return [fit_longer_side(style.shape[2], style.shape[3], longer) for style in self.styles]

    @property
    def _margin(self) -> tuple[int, int]:
        """Rows and columns around the image, at the current scale."""
        return self._margin_at(self.scales[self.scale])

    def _margin_at(self, scale: Scale) -> tuple[int, int]:
        """Rows and columns around the image; more where it is smaller than the method needs."""
        return padding_for((scale.height, scale.width), self.method.min_size(), MARGIN)

    def _scaled_content(self) -> Image:
        here = self.scales[self.scale]
        return resize(self.content, here.height, here.width).to(self.device)

    def _scaled_style(self, style: Image, size: tuple[int, int]) -> Tensor:
        padding = padding_for(size, self.method.min_size())
        return reflect_pad(resize(style, *size), *padding).to(self.device)

    def _blend_outside_regions(self, painted: Image) -> Image:
        """An image within the regions, the content outside."""
        regions = self._scaled_regions()
        if regions is None:
            return painted
        share = regions.sum(0).clamp(0, 1)
        return painted * share + self._scaled_content() * (1 - share)

    def _scaled_regions(self) -> Float[Tensor, "styles height width"] | None:
        if self.regions is None:
            return None
        here = self.scales[self.scale]
        maps = F.interpolate(
            self.regions[None], (here.height, here.width), mode="bilinear", antialias=True
        )
        return maps[0].clamp(0, 1).to(self.device)

    def _initial_image(self) -> Image:
        """The image before the first step, at the first scale."""
        content = self._scaled_content()
        if self.settings.init == "content":
            return content
        if self.settings.init == "noise":
            generator = torch.Generator().manual_seed(self.settings.seed)
            noise = torch.randn(content.shape, generator=generator).to(self.device)
            return self._blend_outside_regions((0.5 + NOISE_STD * noise).clamp(0, 1))
        started = self.start if self.start is not None else self.styles[0]
        return self._blend_outside_regions(resize(started, *content.shape[2:]).to(self.device))
