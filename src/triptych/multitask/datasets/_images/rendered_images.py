"""Pictures and their targets as arrays in a network's canvas, read once and kept."""

import threading
import warnings
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from jaxtyping import Bool, Int
from numpy import ndarray
from torch import Tensor

from ....frame.cores import available_cores
from ....frame.errors import DataError, ImageError
from ....frame.storage.letterbox import Letterbox
from ...annotated.annotated_set import AnnotatedSet
from ...annotated.joined_sets import JoinedSets
from ...annotated.pictures import read_picture
from ...annotated.render import (
    only_shape,
    render_box,
    render_circle,
    render_classes,
    render_objects,
    round_shape,
)
from ...annotated.targets import ATTRIBUTE, is_choice
from ...data.array_cache import ArrayCache, Place, roomiest
from ...data.source import DataNotice
from ...preprocessing.whole_image import convert_channels, fit_whole
from ...structures.annotated_image import AnnotatedImage
from ...structures.batch import Batch, Target
from ...structures.mask_file import mask_values
from ...structures.object_rows import NO_OBJECT
from ...structures.shapes import Shape
from .object_targets import OBJECT_COLUMNS, OBJECTS, object_classes

TOLD = 5  # pictures that cannot be read of which each is told; of more, how many


class RenderedImages:
    """Makes batches of numbered pictures; each is read, scaled and rendered the first time that it
    is asked for, by threads."""

    def __init__(
        self,
        annotated: AnnotatedSet | JoinedSets,
        shape: tuple[int, int, int],
        targets: Sequence[str],
        possible: Mapping[str, Bool[ndarray, " images"]],
        *,
        cache: str,
        strict: bool,
        round_objects: bool = False,
    ):
        """
        Parameters:
            annotated: the pictures.
            shape: channels, height and width of the canvas.
            targets: their names.
            possible: the pictures that have each target, by its name.
            cache: "memory", "disk", "none", or "auto" for the first that has room.
            strict: whether a picture that cannot be read raises.
            round_objects: whether a box gives a circle too.
        """
        self.annotated, self.shape, self.strict = annotated, shape, strict
        self.round_objects = round_objects
        self.targets = tuple(targets)
        self.classes = {name: number for number, name in enumerate(annotated.classes)}
        self.object_classes = {name: n for n, name in enumerate(object_classes(annotated))}
        self.possible = possible
        self.numbers = {name: self._numbers(name) for name in self.targets if is_choice(name)}
        arrays = self._arrays()
        size = sum(int(np.prod(row)) * np.dtype(kind).itemsize for row, kind in arrays.values())
        folder = annotated.path.parent
        place: Place = roomiest(size * len(annotated), folder) if cache == "auto" else cache  # pyright: ignore
        self.cache = ArrayCache(len(annotated), arrays, place, folder)
        self.unreadable: dict[int, str] = {}
        self._guard = threading.Lock()
        self._pool = ThreadPoolExecutor(available_cores(), thread_name_prefix="pictures")

    def batch(self, rows: Int[ndarray, " batch"], indices: Tensor, device: torch.device) -> Batch:
        """Pictures with their targets.

        Parameters:
            rows: their numbers in the set.
            indices: their numbers in the split.
            device: where the batch is wanted.

        Raises ImageError or DataError for one that cannot be read, where it is strict.
        """
        arrays = self._rows(rows)
        targets: dict[str, Target | Tensor] = {}
        readable = np.array([row not in self.unreadable for row in rows.tolist()])
        for name in self.targets:
            values = torch.from_numpy(self._values(name, rows, arrays)).to(device)
            present = self.possible[name][rows] & readable
            if name in ("box", "circle"):
                present &= np.isfinite(arrays[name]).all(1)
            targets[name] = (
                values if present.all() else Target(values, torch.from_numpy(present).to(device))
            )
        pixels = torch.from_numpy(arrays["pixels"]).to(device).permute(0, 3, 1, 2)
        return Batch.of(pixels.float().div_(255), indices, **targets)

    def _numbers(self, target: str) -> Int[ndarray, " images"]:
        """The class number of every picture."""
        if target == "label":
            return self.annotated.labels
        return self.annotated.attribute(target.removeprefix(ATTRIBUTE))

    def _values(
        self, name: str, rows: Int[ndarray, " batch"], arrays: Mapping[str, ndarray]
    ) -> ndarray:
        if name in self.numbers:
            return self.numbers[name][rows].clip(0)
        if name == "mask":
            return arrays["classes"] > 0
        if name == "semantic":
            values = arrays["classes"].astype(np.int64)
            return np.where(values > len(self.classes), -1, values)
        if name in OBJECTS:
            values = arrays[name]
            return values[:, : max(1, int((values[..., -2] >= 0).sum(1).max()))]
        return np.nan_to_num(arrays[name])

    def _arrays(self) -> dict[str, tuple[tuple[int, ...], type]]:
        """Shape of a row and type of each array that is kept."""
        channels, height, width = self.shape
        arrays: dict[str, tuple[tuple[int, ...], type]] = {
            "pixels": ((height, width, channels), np.uint8)
        }
        if "box" in self.targets:
            arrays["box"] = (4,), np.float32
        if "circle" in self.targets:
            arrays["circle"] = (3,), np.float32
        for name in OBJECTS & {*self.targets}:
            most = int(self.annotated.counts[self.possible[name]].max(initial=1))
            arrays[name] = (most, OBJECT_COLUMNS[name]), np.float32
        if {"mask", "semantic"} & {*self.targets}:
            arrays["classes"] = (height, width), np.int16
        return arrays

    def _rows(self, rows: Int[ndarray, " batch"]) -> dict[str, ndarray]:
        """The arrays of these rows; what is not known yet is read."""
        names, kept = list(self._arrays()), self.cache
        if kept.place == "none":
            read = [*self._pool.map(self._render, rows.tolist())]
            return {name: np.stack([one[name] for one in read]) for name in names}
        missing = np.unique(rows[~kept.known[rows]]).tolist()
        for row, values in zip(missing, self._pool.map(self._render, missing)):
            kept.put(row, values)
        return {name: kept.get(name, rows) for name in names}

    def _render(self, row: int) -> dict[str, ndarray]:
        """The arrays of one picture; zeros for one that cannot be read."""
        try:
            return self._rendered(row)
        except (ImageError, DataError) as error:
            if self.strict:
                raise
            self._tell(row, str(error))
            return {name: np.zeros(shape, kind) for name, (shape, kind) in self._arrays().items()}

    def _rendered(self, row: int) -> dict[str, ndarray]:
        channels, height, width = self.shape
        wanted = {"box", "circle", "mask", "semantic", *OBJECTS} & {*self.targets}
        image = self.annotated.image(row, objects=bool(wanted))
        picture = read_picture(image, max(height, width))
        pixels = convert_channels(picture.pixels, channels)
        original = picture.height, picture.width
        canvas, placement = fit_whole(pixels, height, width, original)
        values: dict[str, ndarray] = {"pixels": canvas}
        numbers = mask_values(image.mask.file) if wanted and image.mask else None
        single = any(self.possible[name][row] for name in wanted & {"box", "circle"})
        only = only_shape(image, numbers) if single else None
        around = self._render_circle
        for name, render in (("boxes", render_box), ("circles", around)):
            if name in wanted:
                values[name] = self._objects(name, row, image, placement, render)
        for name, render, count in (("box", render_box, 4), ("circle", around, 3)):
            if name in wanted:
                shape = render(only, placement) if self.possible[name][row] else None
                nowhere = np.full(count, np.nan)
                values[name] = (nowhere if shape is None else shape).astype(np.float32)
        if {"mask", "semantic"} & wanted:
            has = self.possible["mask"][row]
            values["classes"] = (
                render_classes(image, numbers, placement, (height, width), self.classes)
                if has
                else np.zeros((height, width))
            ).astype(np.int16)
        return values

    def _render_circle(self, shape: Shape | None, placement: Letterbox) -> ndarray | None:
        return render_circle(round_shape(shape) if self.round_objects else shape, placement)

    def _objects(
        self,
        name: str,
        row: int,
        image: AnnotatedImage,
        placement: Letterbox,
        render: Callable[[Shape | None, Letterbox], ndarray | None],
    ) -> ndarray:
        """The rows of a picture's objects, filled up with rows of class −1."""
        (most, columns), kind = self._arrays()[name]
        values = np.zeros((most, columns), kind)
        values[:, -2] = NO_OBJECT
        if self.possible[name][row]:
            rows = render_objects(image, placement, render, self.object_classes)
            values[: len(rows)] = rows if len(rows) else 0
        return values

    def _tell(self, row: int, reason: str) -> None:
        with self._guard:
            known = row in self.unreadable
            self.unreadable[row] = reason
            count = len(self.unreadable)
        if not known and count <= TOLD:
            more = " Others are left out in silence." if count == TOLD else ""
            warnings.warn(f"Left out: {reason}{more}", DataNotice, stacklevel=2)
