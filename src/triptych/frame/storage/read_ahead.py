"""Read many images, one by one, with threads that work a bounded way ahead of what is used."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import Image

from ..errors import ImageError
from ..progress import ProgressCallback, ProgressEvent, no_progress
from .arrays import CHANNELS, TensorLike
from .images import ImageLike

Item = TypeVar("Item")
Result = TypeVar("Result")

THREADS = 8  # at most, by default: each may hold a photo of a hundred million pixels
AHEAD = 4  # results for each thread that may wait to be used
REPORT_EVERY = 64  # images between two progress events


def read_ahead(
    work: Callable[[Item], Result],
    items: Iterable[Item],
    workers: int | None = None,
    *,
    ahead: int | None = None,
) -> Iterator[Result]:
    """The results of `work` on each item, in order, made by threads.

    Parameters:
        work: must be safe to run in several threads; what it raises is raised here.
        items: of which only a few are under way at a time.
        workers: threads; by default one a core, 8 at most.
        ahead: results under way or waiting to be used, at most; by default four a thread.
    """
    workers = workers or min(THREADS, os.cpu_count() or 1)
    ahead = ahead or AHEAD * workers
    under_way: deque[Future[Result]] = deque()
    pool = ThreadPoolExecutor(workers, "read-ahead")
    try:
        for item in items:
            under_way.append(pool.submit(work, item))
            if len(under_way) >= ahead:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def read_images(
    read: Callable[[Item], Result],
    files: Sequence[Item],
    *,
    workers: int | None = None,
    progress: ProgressCallback = no_progress,
    task: str = "read photos",
) -> Iterator[tuple[Item, Result | str]]:
    """Each file with what `read` gives, or with the message of the ImageError that it raises.

    Parameters:
        read: decodes one file; it is run in several threads.
        files: what `read` takes, in the order in which they are to come.
        workers: threads; by default one a core, 8 at most.
        progress: told every 64 files how many are read.
        task: what the progress events call it.
    """

    def attempt(file: Item) -> Result | str:
        try:
            return read(file)
        except ImageError as error:
            return str(error)

    results = zip(files, read_ahead(attempt, files, workers))
    for done, (file, result) in enumerate(results, 1):
        yield file, result
        if done % REPORT_EVERY == 0 or done == len(files):
            progress(ProgressEvent(task, done, len(files)))


def each_image(images: object) -> Iterator[ImageLike]:
    """Every image of a list, a generator or an array N×…; one image of its own counts as one.

    Parameters:
        images: an array of three axes that ends in 3 or 4 is one image in color, for images three
            or four pixels wide are not worth reading; others are N×H×W.

    Raises ImageError for what is neither.
    """
    if is_one_image(images):
        yield images  # pyright: ignore[reportReturnType]
        return
    if isinstance(images, dict) or not isinstance(images, (Iterable, TensorLike)):
        raise ImageError(
            "Expected several images as a list, a generator, an array or a tensor, got "
            f"{type(images).__name__}."
        )
    yield from images  # pyright: ignore[reportReturnType, reportGeneralTypeIssues]


def is_one_image(given: object) -> bool:
    """Whether what was given is one image, and not several.

    Parameters:
        given: anything.
    """
    if isinstance(given, (np.ndarray, TensorLike)):
        shape = tuple(given.shape)  # pyright: ignore[reportAttributeAccessIssue]
        return len(shape) < 3 or (len(shape) == 3 and shape[2] in CHANNELS[1:])
    kinds = (str, Path, bytes, bytearray, memoryview, Image.Image)
    return isinstance(given, kinds) or hasattr(given, "read")


def refuse_several(given: object, many: str) -> None:
    """Raise ImageError where several images are given in place of one.

    Parameters:
        given: what should be one image.
        many: the name of what takes several.
    """
    if isinstance(given, (np.ndarray, TensorLike)):
        shape = tuple(given.shape)  # pyright: ignore[reportAttributeAccessIssue]
        if len(shape) < 4:
            return
        got = f"{type(given).__name__} of {'×'.join(map(str, shape))}"
    elif isinstance(given, Iterable) and not isinstance(given, dict) and not is_one_image(given):
        got = type(given).__name__
    else:
        return
    raise ImageError(f"Expected one image, got {got}. Pass several to `{many}`.")


def named_images(
    images: Iterable[ImageLike] | ImageLike, names: Sequence[str] | None
) -> Iterator[tuple[str, ImageLike]]:
    """Images with what they are called: files by their path, others by their number.

    Parameters:
        images: as `each_image` takes them.
        names: given instead, one for each image.

    Raises ImageError for fewer names than images.
    """
    for number, image in enumerate(each_image(images)):
        if names is not None:
            if number >= len(names):
                raise ImageError(f"Expected a name for each image, got {len(names)} names.")
            yield names[number], image
        else:
            yield str(image) if isinstance(image, (str, Path)) else f"image {number}", image
