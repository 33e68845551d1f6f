"""Random numbers that belong to an image, whatever batch it is in.

A number is a hash of (seed, image, stream, position), after the counter-based generators of
Salmon et al. 2011 ("Parallel random numbers: as easy as 1, 2, 3"). So an image gets the same random
numbers whatever the batch size, the device, the number of processes or the resumed epoch.
"""

import math
import zlib
from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Bool, Float, Int, Int32
from torch import Tensor


def hash32(x: Int32[Tensor, "*shape"]) -> Int32[Tensor, "*shape"]:
    """Hash 32-bit integers in place: each input bit flips each output bit about every second time.

    The constants are those of Wellons' lowbias32.
    """
    x ^= (x >> 16).bitwise_and_(0xFFFF)  # int32 shifts drag the sign along; the mask drops it
    x *= 0x7FEB352D
    x ^= (x >> 15).bitwise_and_(0x1FFFF)
    x *= 0x846CA68B - 2**32
    x ^= (x >> 16).bitwise_and_(0xFFFF)
    return x


class CounterRNG:
    """The random numbers of a batch of images: row i depends on the seed and its index alone.

    Each draw names its stream, so that adding a draw changes no other.

    >>> one = CounterRNG([0, 1], torch.tensor([7])).uniform("x", 2)
    >>> many = CounterRNG([0, 1], torch.tensor([3, 7, 9])).uniform("x", 2)
    >>> bool((many[1] == one[0]).all())
    True
    """

    def __init__(self, seed: Sequence[int], indices: Int[Tensor, " batch"]):
        """
        Parameters:
            seed: non-negative integers, such as (seed, split, epoch).
            indices: of the images; numbers are drawn on their device.
        """
        words = np.random.SeedSequence(list(seed)).generate_state(2, np.uint32).view(np.int32)
        index = indices.to(torch.int32)
        self.keys = [hash32(hash32(index + int(word)) ^ int(word)) for word in words]

    def fork(self, stream: str, count: int) -> "CounterRNG":
        """A generator for `count` parts of each image: rows i · count … belong to image i.

        Parameters:
            stream: a name that no other draw of this generator has.
            count: parts of each image.
        """
        parts = object.__new__(CounterRNG)
        parts.keys = [hash32(key + self.bits(stream, count)).flatten() for key in self._columns()]
        return parts

    def subset(self, rows: Int[Tensor, " some"]) -> "CounterRNG":
        """The generator of some of the images: they draw what they would draw among all.

        Parameters:
            rows: which of them, in the order wanted.
        """
        some = object.__new__(CounterRNG)
        some.keys = [key[rows] for key in self.keys]
        return some

    def _columns(self) -> list[Int32[Tensor, "batch 1"]]:
        return [key[:, None] for key in self.keys]

    def bits(self, stream: str, *shape: int) -> Int32[Tensor, "batch *shape"]:
        """32 random bits at each position of `shape`, for each image.

        Parameters:
            stream: a name that no other draw of this generator has.
            shape: of the draw, for each image.
        """
        name = zlib.crc32(stream.encode()) - 2**31
        first, second = (hash32(key ^ name) for key in self._columns())
        position = torch.arange(math.prod(shape), dtype=torch.int32, device=first.device)
        return hash32(hash32(position + first).bitwise_xor_(second)).view(len(first), *shape)

    def uniform(
        self, stream: str, *shape: int, low: float = 0.0, high: float = 1.0
    ) -> Float[Tensor, "batch *shape"]:
        """Uniform numbers from `low` up to `high`, of `shape` for each image.

        Parameters:
            stream: a name that no other draw of this generator has.
            shape: of the draw, for each image.
            low: the lowest value.
            high: the bound that is not reached.
        """
        unit = self.bits(stream, *shape).bitwise_and_(0xFFFFFF).to(torch.float32)
        return unit.mul_((high - low) * 2.0**-24).add_(low)

    def integers(self, stream: str, high: int, *shape: int) -> Int[Tensor, "batch *shape"]:
        """Integers from 0 up to but not including `high`, of `shape` for each image.

        Parameters:
            stream: a name that no other draw of this generator has.
            high: the bound that is not reached.
            shape: of the draw, for each image.
        """
        return (self.uniform(stream, *shape).double() * high).long()

    def bernoulli(self, stream: str, probability: float) -> Bool[Tensor, " batch"]:
        """True for each image with this probability.

        Parameters:
            stream: a name that no other draw of this generator has.
            probability: of True, 0 … 1.
        """
        return self.uniform(stream) < probability


def permutation(count: int, seed: Sequence[int]) -> Int[Tensor, " count"]:
    """The numbers 0 … count − 1 in random order, the same on every machine.

    Parameters:
        count: of numbers.
        seed: non-negative integers.
    """
    return torch.from_numpy(np.random.default_rng(list(seed)).permutation(count))
