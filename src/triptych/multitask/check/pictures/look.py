"""Look at the files of all pictures of a set: once, and again where they changed."""

import os
import warnings
from dataclasses import replace
from typing import Any

import numpy as np
from jaxtyping import UInt8
from numpy import ndarray

from ....frame.progress import ProgressCallback, ProgressEvent, no_progress
from ....frame.storage.read_ahead import read_ahead
from ...annotated.annotated_set import AnnotatedSet
from .facts import (
    FILE,
    NO_THUMBNAILS,
    THUMBNAIL_COLUMN,
    PictureFacts,
    keep,
    picture_keys,
    read_kept,
)
from .hashing import perceptual_hash, thumbnail
from .reading import Picture, PictureFile, read_picture

REPORT_EVERY = 256  # pictures


def read_facts(
    annotated: AnnotatedSet, *, deep: bool = False, progress: ProgressCallback = no_progress
) -> PictureFacts:
    """The facts about the pictures of a set: from the cache where a file has the size and the time
    of change that it had, else read by threads.

    Parameters:
        annotated: the set.
        deep: whether pictures are decoded whole.
        progress: told how far reading is.
    """
    path, keys, files = annotated.path.with_name(FILE), picture_keys(annotated), _files(annotated)
    facts, _ = read_kept(path, keys, NO_THUMBNAILS)
    was = facts.numbers["bytes"].copy(), facts.numbers["changed"].copy()
    _stat(annotated, facts)
    now = facts.numbers["bytes"], facts.numbers["changed"]
    fresh = (now[0] == was[0]) & (now[1] == was[1]) & (facts.numbers["deep"] >= int(deep))
    fresh |= facts.missing & (was[0] < 0)
    rows = np.flatnonzero(~fresh & ~facts.missing)
    if fresh.all():
        return facts
    thumbnails = read_kept(path, keys, (THUMBNAIL_COLUMN,))[1]
    facts = replace(facts, thumbnails=lambda: thumbnails)
    for row in np.flatnonzero(facts.missing).tolist():
        _fill(facts, thumbnails, row, Picture(), -1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Pillow, about odd files
            work = read_ahead(lambda row: read_picture(files(row), deep=deep), map(int, rows))
            for done, (row, picture) in enumerate(zip(rows.tolist(), work), 1):
                _fill(facts, thumbnails, row, picture, int(deep))
                if done % REPORT_EVERY == 0 or done == len(rows):
                    progress(ProgressEvent("look at pictures", done, len(rows)))
    finally:  # what was read serves another time, should this be stopped
        keep(path, keys, facts, thumbnails)
    return facts


def _files(annotated: AnnotatedSet) -> Any:
    columns = annotated.columns

    def file(row: int) -> PictureFile:
        size = columns["size"][row].as_py()
        return PictureFile(annotated.file(row), columns["offset"][row].as_py() or 0, size)

    return file


def _stat(annotated: AnnotatedSet, facts: PictureFacts) -> None:
    """Put sizes and times of change of all files into the facts."""

    root = f"{annotated.root}{os.sep}"  # strings, for there may be a million
    start, last, status = 0, None, (-1, 0)
    for chunk in annotated.columns["file"].chunks:
        looked = np.empty((len(chunk), 2), np.int64)
        for row, name in enumerate(chunk.to_pylist()):
            if name != last:  # many pictures may lie in one file
                try:
                    path = name if name[:1] == os.sep or name[1:2] == ":" else root + name
                    found = os.stat(path)  # noqa: PTH116
                    status = found.st_size, found.st_mtime_ns
                except (OSError, ValueError):
                    status = -1, 0
                last = name
            looked[row] = status
        stop = start + len(looked)
        facts.numbers["bytes"][start:stop], facts.numbers["changed"][start:stop] = looked.T
        start = stop


def _fill(
    facts: PictureFacts,
    thumbnails: UInt8[ndarray, "images pixels"],
    row: int,
    picture: Picture,
    deep: int,
) -> None:
    numbers = facts.numbers
    numbers["deep"][row] = deep
    numbers["width"][row], numbers["height"][row] = picture.width, picture.height
    numbers["orientation"][row], numbers["digest"][row] = picture.orientation, picture.digest
    numbers["decoded"][row] = picture.small is not None
    facts.reasons.pop(row, None)
    if picture.reason:
        facts.reasons[row] = picture.reason
    if picture.small is None:
        numbers["hash"][row], thumbnails[row] = 0, 0
    else:
        unsigned = np.uint64(perceptual_hash(picture.small))
        numbers["hash"][row] = unsigned.view(np.int64)
        thumbnails[row] = thumbnail(picture.small).ravel()
