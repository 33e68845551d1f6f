"""Find pictures that are nearly the same among a hundred thousand, without comparing all pairs."""

from collections.abc import Iterator
from itertools import combinations

import cv2
import numpy as np
from jaxtyping import Float, Int, UInt8
from numpy import ndarray

SIDE = 32  # pixels of a small picture
THUMBNAIL = 16  # pixels a side of what candidates are compared by
MIN_CONTRAST = 4.0  # standard deviation of grey values: of plainer pictures nothing can be said
BLOCKS = 6  # of a hash; with 4 bits other, two of them are equal at least
DISTANCE = 10  # bits in which hashes of candidates may differ; their thumbnails decide
MIN_CORRELATION = (
    0.97  # of thumbnails; drawings of one character of Omniglot reach 0.93, copies 0.99
)
WINDOW = 32  # pictures with equal blocks that each is compared with, at most


def perceptual_hash(small: UInt8[ndarray, "side side"]) -> int:
    """A hash of 64 bits that stays nearly the same when a picture is scaled, compressed, or made
    brighter.

    Each bit says whether one of the 64 lowest frequencies is above their median (pHash, Zauner
    2010): so half of the bits are set, whatever the picture.

    Parameters:
        small: a grey picture.
    """
    low = cv2.dct(small.astype(np.float32))[:8, :8].ravel()
    bits = low > np.median(low[1:])
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def thumbnail(small: UInt8[ndarray, "side side"]) -> UInt8[ndarray, "thumbnail thumbnail"]:
    """What candidates are compared by.

    Parameters:
        small: a grey picture.
    """
    return cv2.resize(small, (THUMBNAIL, THUMBNAIL), interpolation=cv2.INTER_AREA)


def near_duplicates(
    hashes: Int[ndarray, " images"], thumbnails: UInt8[ndarray, "images pixels"]
) -> tuple[Int[ndarray, "pairs 2"], Float[ndarray, " pairs"]]:
    """Pairs of pictures that look the same, the smaller number first, and how alike they are.

    Candidates have hashes of which two of six blocks are equal, which sorting finds: all that
    differ in 4 bits or fewer, and many others up to `DISTANCE`. Pairs are those whose thumbnails
    correlate by `MIN_CORRELATION`. Where more than `WINDOW` pictures have equal blocks, each is
    compared with the next ones alone.

    Parameters:
        hashes: of `perceptual_hash`.
        thumbnails: of `thumbnail`, a row each.

    Returns pairs and correlations, the most alike first. Pictures without contrast have none.
    """
    contrast = _deviations(thumbnails)
    usable = np.flatnonzero(contrast >= MIN_CONTRAST)
    found = [_equal_blocks(hashes[usable], blocks) for blocks in combinations(range(BLOCKS), 2)]
    pairs = usable[np.concatenate(found)] if len(usable) else np.zeros((0, 2), np.int64)
    pairs = np.unique(np.sort(pairs, 1), axis=0)
    alike = np.concatenate([np.zeros(0), *_correlations(thumbnails, pairs)])
    same = alike >= MIN_CORRELATION
    pairs, alike = pairs[same], alike[same]
    order = np.argsort(-alike, kind="stable")
    return pairs[order], alike[order]


def _equal_blocks(
    hashes: Int[ndarray, " images"], blocks: tuple[int, int]
) -> Int[ndarray, "pairs 2"]:
    """Pairs that are equal in two blocks and differ in few bits."""
    bits = np.array_split(np.arange(64), BLOCKS)
    mask = np.uint64(sum(1 << int(bit) for block in blocks for bit in bits[block]))
    keys = hashes.view(np.uint64) & mask
    order = np.argsort(keys, kind="stable")
    keys, ordered = keys[order], hashes.view(np.uint64)[order]
    pairs = []
    for step in range(1, WINDOW + 1):
        equal = np.flatnonzero(keys[step:] == keys[:-step])
        if not len(equal):
            break
        differ = np.bitwise_count(ordered[equal] ^ ordered[equal + step])
        near = equal[differ <= DISTANCE]
        pairs.append(np.stack([order[near], order[near + step]], 1))
    return np.concatenate(pairs) if pairs else np.zeros((0, 2), np.int64)


def _correlations(
    thumbnails: UInt8[ndarray, "images pixels"], pairs: Int[ndarray, "pairs 2"]
) -> Iterator[Float[ndarray, " part"]]:
    """Pearson's correlation of the thumbnails of each pair, part by part in bounded memory."""
    for part in np.array_split(pairs, len(pairs) // 8192 + 1):
        first, second = (_centered(thumbnails[part[:, side]]) for side in (0, 1))
        yield (first * second).sum(1) / np.maximum(
            np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1), 1e-9
        )


def _centered(rows: UInt8[ndarray, "images pixels"]) -> Float[ndarray, "images pixels"]:
    values = rows.astype(np.float64)
    return values - values.mean(1, keepdims=True)


def _deviations(thumbnails: UInt8[ndarray, "images pixels"]) -> Float[ndarray, " images"]:
    """Standard deviations of the rows, part by part in bounded memory."""
    parts = np.array_split(thumbnails, len(thumbnails) // 8192 + 1)
    return np.concatenate([part.std(1) for part in parts])
