"""PackedImage: an annotated image whose masks take little memory while thousands wait in order."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from ..structures.annotated_image import AnnotatedImage
from ..structures.shapes import PixelMask

FASTEST = 1  # of zlib: masks shrink to a hundredth by any level


@dataclass(frozen=True)
class PackedMask:
    """A PixelMask as compressed bits.

    Parameters:
        left: of the mask, as are `top`, `height` and `width`.
        top: of the mask.
        height: of its pixels.
        width: of its pixels.
        bits: its pixels row by row, by `numpy.packbits` and zlib.
    """

    left: int
    top: int
    height: int
    width: int
    bits: bytes

    @classmethod
    def of(cls, mask: PixelMask) -> "PackedMask":
        """A mask, packed.

        Parameters:
            mask: of any size.
        """
        height, width = mask.pixels.shape
        bits = zlib.compress(np.packbits(mask.pixels).tobytes(), FASTEST)
        return cls(mask.left, mask.top, height, width, bits)

    def unpacked(self) -> PixelMask:
        """The mask that was packed."""
        packed = np.frombuffer(zlib.decompress(self.bits), np.uint8)
        flat = np.unpackbits(packed, count=self.height * self.width).astype(bool)
        return PixelMask(self.left, self.top, flat.reshape(self.height, self.width))


@dataclass(frozen=True)
class PackedImage:
    """An annotated image with its masks apart.

    Parameters:
        image: whose objects lack the shapes that are masks.
        masks: those shapes, by the numbers of the objects.
    """

    image: AnnotatedImage
    masks: Mapping[int, PackedMask]

    @classmethod
    def of(cls, image: AnnotatedImage) -> "PackedImage":
        """An image, packed.

        Parameters:
            image: with objects of any shape, or without.
        """
        masks = {
            number: PackedMask.of(thing.shape)
            for number, thing in enumerate(image.objects or ())
            if isinstance(thing.shape, PixelMask)
        }
        if not masks:
            return cls(image, masks)
        objects = tuple(
            replace(thing, shape=None) if number in masks else thing
            for number, thing in enumerate(image.objects or ())
        )
        return cls(replace(image, objects=objects), masks)

    def unpacked(self) -> AnnotatedImage:
        """The image that was packed."""
        if not self.masks:
            return self.image
        objects = tuple(
            replace(thing, shape=self.masks[number].unpacked()) if number in self.masks else thing
            for number, thing in enumerate(self.image.objects or ())
        )
        return replace(self.image, objects=objects)
