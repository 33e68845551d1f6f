"""Read many images with threads that work a bounded way ahead of what is used."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from ..errors import ImageError
from ..progress import ProgressCallback, ProgressEvent, no_progress

Item = TypeVar("Item")
Result = TypeVar("Result")

THREADS = 8  # at most, by default: each may hold a photo of a hundred million pixels
AHEAD = 4  # results for each thread that may wait to be used
REPORT_EVERY = 64  # images between two progress events


def read_ahead(
    work: Callable[[Item], Result], items: Iterable[Item], workers: int | None = None
) -> Iterator[Result]:
    """The results of `work` on each item, in order, made by threads.

    Parameters:
        work: must be safe to run in several threads; what it raises is raised here.
        items: of which only a few are under way at a time.
        workers: threads; by default one a core, 8 at most.
    """
    workers = workers or min(THREADS, os.cpu_count() or 1)
    under_way: deque[Future[Result]] = deque()
    pool = ThreadPoolExecutor(workers, "read-ahead")
    try:
        for item in items:
            under_way.append(pool.submit(work, item))
            if len(under_way) >= AHEAD * workers:
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
